import { existsSync, readFileSync } from 'node:fs'
import { dirname, sep } from 'node:path'

/** An installed package or the application itself, known by its own package.json. */
export interface Package {
  /** `name` in its package.json: right for npm aliases and pnpm paths too. */
  readonly name: string
  readonly version: string
  /** Absolute path of its folder. */
  readonly dir: string
  /** True inside a `node_modules` folder: somebody else's code. */
  readonly dependency: boolean
}

const MODULES = `${sep}node_modules${sep}`
const byFolder = new Map<string, Package | undefined>()

/**
 * The package that a file belongs to.
 *
 * @param file absolute path; one read of a package.json per folder, then cached
 * @returns undefined where no package.json with a name stands above the file
 */
export function packageOf(file: string): Package | undefined {
  // Asked for each file that a program loads: `dirname` looks at each character.
  const folder = file.slice(0, file.lastIndexOf(sep))
  return cached(folder, () => {
    const installed = installedFolder(file)
    return installed === undefined ? enclosing(dirname(file)) : cached(installed, () => read(installed, true))
  })
}

/** `/app/node_modules/@scope/name` of a file below it, by the last `node_modules` of its path. */
function installedFolder(file: string): string | undefined {
  const start = file.lastIndexOf(MODULES)
  if (start < 0) return undefined
  const name = start + MODULES.length
  let end = file.indexOf(sep, name)
  if (file[name] === '@' && end > 0) end = file.indexOf(sep, end + 1)
  return end < 0 ? undefined : file.slice(0, end)
}

function enclosing(folder: string): Package | undefined {
  return cached(folder, () => {
    const here = read(folder, false)
    const parent = dirname(folder)
    return here ?? (parent === folder ? undefined : enclosing(parent))
  })
}

function cached(folder: string, find: () => Package | undefined): Package | undefined {
  const known = byFolder.get(folder)
  if (known !== undefined || byFolder.has(folder)) return known
  const found = find()
  byFolder.set(folder, found)
  return found
}

function read(dir: string, dependency: boolean): Package | undefined {
  try {
    const file = `${dir}${sep}package.json`
    // Most folders have none, and to throw costs Node more than to look.
    if (!existsSync(file)) return undefined
    const json = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof json.name !== 'string') return undefined
    return { name: json.name, version: typeof json.version === 'string' ? json.version : '', dir, dependency }
  } catch {
    return undefined
  }
}
