import { createRequire, type LoadHook, type ResolveHook } from 'node:module'
import { fileURLToPath } from 'node:url'
import { createHook } from 'import-in-the-middle/create-hook.mjs'
import { packageOf } from '../packages.js'
import { withHandover } from './handover.js'
import { makeRoom } from './roomy-heap.js'
import { EVERY_FILE, type Later, pathInside, type Rows } from './targets.js'
import { type UnwrappedModules, unwrappedModules } from './unwrapped.js'

/** What the application's thread tells the loader thread at start. */
export interface LoaderData {
  /** The files to wrap, by npm name of their package. */
  readonly files: ReadonlyMap<string, readonly string[]>
  /** Further packages, whose files stand in patchers that are loaded when the package is. */
  readonly later: readonly Later[]
  /** URL of `hook.mjs` of import-in-the-middle. */
  readonly importInTheMiddle: string
}

let hook: ReturnType<typeof createHook>
let unwrapped: UnwrappedModules

export function initialize({ files: known, later, importInTheMiddle }: LoaderData): void {
  makeRoom()
  const files = new Map(known)
  const filesOf = (name: string): readonly string[] | undefined => {
    const rows = files.has(name) ? undefined : later.find(({ names }) => names.includes(name))
    if (rows !== undefined) files.set(name, namedBy(rows, name))
    return files.get(name)
  }
  hook = createHook({ url: importInTheMiddle })
  unwrapped = unwrappedModules((url) => wanted(filesOf, url) === 'unnamed')
  hook.applyOptions({ shouldInclude: (url) => wanted(filesOf, url) !== undefined && !unwrapped.has(url) })
}

/** What carries a context keeps it for the callbacks, of which this thread has none. */
function namedBy({ file, rows }: Later, name: string): readonly string[] {
  const { [rows]: loaded }: Record<string, Rows> = createRequire(import.meta.url)(file)
  return Object.keys(loaded?.get(name)?.().files ?? {})
}

function wanted(
  filesOf: (name: string) => readonly string[] | undefined,
  url: string,
): 'named' | 'unnamed' | undefined {
  if (!url.startsWith('file:')) return undefined
  const file = fileURLToPath(url)
  const pkg = packageOf(file)
  if (pkg === undefined) return undefined
  const names = filesOf(pkg.name)
  if (names?.includes(pathInside(pkg, file))) return 'named'
  return names?.includes(EVERY_FILE) ? 'unnamed' : undefined
}

export const resolve: ResolveHook = async (specifier, context, next) =>
  // Without a parent it takes each name without extension for a CommonJS file, and such an entry file may be none
  context.parentURL === undefined
    ? next(specifier, context)
    : hook.resolve(specifier, context, async (...call) => unwrapped.noting(await next(...call)))

export const load: LoadHook = async (url, context, next) => {
  const loaded = await hook.load(url, context, next)
  return unwrapped.has(url) ? withHandover(loaded, url) : loaded
}
