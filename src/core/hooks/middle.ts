import Module from 'node:module'
import { isAbsolute } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { types } from 'node:util'
import { guard } from '../guard'
import { onUndo } from '../undo'
import { type ImportHook, type OtherCopies, otherCopies, type Wrapped } from './copies'
import { receiveNamespaces, withHandover } from './handover'
import type { LoaderData } from './loader.mjs' with { 'resolution-mode': 'import' }
import type { Later, Rows, TargetFile, Targets } from './targets'
import { unwrappedModules } from './unwrapped'
import { soundPlatform } from './versions'

/** Sees modules by require-in-the-middle and import-in-the-middle, on any Node. */
export function hookMiddle(targets: Targets, rows: Rows, later: readonly Later[]): void {
  receiveNamespaces(targets)
  const others = otherCopies((...wrapped) => imported(targets, ...wrapped))
  hookRequire(targets, others)
  hookImport(targets, others)
  if (soundPlatform()) wrapInThread(targets)
  else wrapInLoaderThread(rows, later)
}

function hookRequire(targets: Targets, others: OtherCopies): void {
  const { Hook } = requireInTheMiddle()
  const wanted = new WantedFiles(
    (file) => others.has(file) || targets.find(file) !== undefined || unseen(targets, file).length > 0,
  )
  const hook = new Hook(wanted, (exports) => {
    const { last } = wanted
    return guard('looking at a loaded file', () => required(targets, others, exports, last), exports)
  })
  onUndo(Module, () => hook.unhook())
}

function required<T>(targets: Targets, others: OtherCopies, exports: T, file: string): T {
  // In a cycle that an `import` began, the file has not run yet; the import is told of later
  if (require.cache[file]?.loaded === false) return exports
  others.join(exports, file)
  for (const target of unseen(targets, file)) require(target)
  return targets.required(exports, file) as T
}

/** Before Node 22.15 no hook is told what a required ES module imports: its package's targets are asked for by name. */
function unseen(targets: Targets, file: string): readonly string[] {
  const isSeen = typeof Module.registerHooks === 'function'
  return isSeen || !types.isModuleNamespaceObject(require.cache[file]?.exports) ? [] : targets.besides(file)
}

/**
 * The list that require-in-the-middle looks names up in, and the absolute path of each file. Answering for the path
 * alone covers npm aliases, linked workspaces and packages without an entry file, which it cannot tell by name.
 */
class WantedFiles extends Array<string> {
  last = ''
  readonly #wants: (file: string) => boolean

  constructor(wants: (file: string) => boolean) {
    super()
    this.#wants = wants
  }

  override includes(name: string): boolean {
    if (!isAbsolute(name) || !guard('looking at a loaded file', () => this.#wants(name), false)) return false
    this.last = name
    return true
  }
}

/**
 * A copy of our own whose `debug` is silent: the shared one would read DEBUG before the application sets it, and print
 * lines under `DEBUG=*` that no native run prints. Goes by the module cache, because a hook of somebody else keeps
 * what a `require` returns, and would hand the silent `debug` to the application.
 */
function requireInTheMiddle(): typeof import('require-in-the-middle') {
  const file = require.resolve('require-in-the-middle')
  const debug = Module.createRequire(file).resolve('debug')
  const silent = Object.assign(new Module(debug), { exports: () => () => {}, loaded: true })
  return whileCached(file, undefined, () => whileCached(debug, silent, () => require(file)))
}

/** Runs `act` with another entry for a file in the module cache, or without one. */
function whileCached<T>(file: string, entry: NodeModule | undefined, act: () => T): T {
  const before = require.cache[file]
  cache(file, entry)
  try {
    return act()
  } finally {
    cache(file, before)
  }
}

function cache(file: string, entry: NodeModule | undefined): void {
  if (entry === undefined) delete require.cache[file]
  else require.cache[file] = entry
}

function hookImport(targets: Targets, others: OtherCopies): void {
  const { addHook, removeHook }: Record<'addHook' | 'removeHook', (hook: ImportHook) => void> =
    require('import-in-the-middle')
  const hook: ImportHook = (...wrapped) => {
    imported(targets, ...wrapped)
    others.tell(wrapped)
  }
  addHook(hook)
  onUndo(Module, () => removeHook(hook))
}

function imported(targets: Targets, ...[url, exports, , format]: Wrapped): void {
  if (!url.startsWith('file:')) return
  guard(
    'looking at an imported file',
    () => {
      const file = fileURLToPath(url)
      const cached = require.cache[file]
      const commonjs = format?.startsWith('commonjs') || (cached && cached.exports === exports.default)
      if (!commonjs) return targets.imported(exports, url)
      const used = targets.required(exports.default, file)
      for (const name of ['default', 'module.exports']) if (name in exports) exports[name] = used
      // The wrapper copied the named functions before they were changed.
      for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(used))) {
        if (typeof value === 'function' && name !== 'default' && name in exports) exports[name] = value
      }
    },
    undefined,
  )
}

/** `module.register` warns on Node 26 (DEP0205), and costs a thread everywhere. */
function wrapInThread(targets: Targets): void {
  const { createHook }: typeof import('import-in-the-middle/create-hook.mjs') =
    require('import-in-the-middle/create-hook.mjs')
  const hook = createHook({ url: importInTheMiddle() })
  let isLooking = false
  const target = (url: string): TargetFile | undefined => {
    if (!url.startsWith('file:')) return undefined
    const outer = isLooking
    isLooking = true
    try {
      return guard('looking at an imported file', () => targets.find(fileURLToPath(url)), undefined)
    } finally {
      isLooking = outer
    }
  }
  const unwrapped = unwrappedModules((url) => target(url)?.unnamed === true)
  hook.applyOptions({ shouldInclude: (url) => target(url) !== undefined && !unwrapped.has(url) })
  const hooks = Module.registerHooks({
    // Without a parent it takes each name without extension for a CommonJS file: builtins in `--eval` are not found.
    // What we require to know a target is kept from it: it resolves what a module re-exports as it did the last name.
    resolve: (specifier, context, next) =>
      context.parentURL === undefined || isLooking
        ? next(specifier, context)
        : hook.resolveSync(specifier, context, (...call) => unwrapped.noting(next(...call))),
    load(url, context, next) {
      const loaded = hook.loadSync(url, context, next)
      return unwrapped.has(url) ? withHandover(loaded, url) : loaded
    },
  })
  onUndo(Module, () => hooks.deregister())
}

function wrapInLoaderThread(rows: Rows, later: readonly Later[]): void {
  const files: LoaderData['files'] = new Map(
    [...rows]
      .filter(([name]) => !later.some(({ names }) => names.includes(name)))
      .map(([name, row]) => [
        name,
        guard(`loading the patcher of ${name}`, () => Object.keys(row().files), []),
      ]),
  )
  const data: LoaderData = { files, later, importInTheMiddle: importInTheMiddle() }
  Module.register('./loader.mjs', { parentURL: pathToFileURL(__filename), data })
}

/** The URL from which import-in-the-middle finds its own files. */
function importInTheMiddle(): string {
  return pathToFileURL(require.resolve('import-in-the-middle/hook.mjs')).href
}
