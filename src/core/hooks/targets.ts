import { existsSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { types } from 'node:util'
import { complain, guard, isObject } from '../guard'
import { type Package, packageOf } from '../packages'
import type { Patcher } from '../patcher'
import { patches } from '../undo'

/** Patchers by the npm name of their package; a patcher's own file is loaded when its package is first seen. */
export type Rows = ReadonlyMap<string, () => Patcher>

/** Rows that a thread of its own can load one by one. */
export interface Later {
  /** Absolute path of the CommonJS module that exports them. */
  readonly file: string
  /** As what. */
  readonly rows: 'patchers' | 'carriers'
  /** The npm names of those that are wanted. */
  readonly names: readonly string[]
}

/** Key of `Patcher.files` for every file of the package. */
export const EVERY_FILE = '**'

/** A file that a patcher wants to change, in one installed copy of its package. */
export interface TargetFile {
  readonly patcher: Patcher
  /** Path inside the package with forward slashes. */
  readonly path: string
  readonly version: string
  /** Absolute path of the copy's folder. */
  readonly dir: string
  /** True where the patcher wants every file, not this one by name. */
  readonly unnamed: boolean
}

/**
 * Changes the exports of a loaded file in place. May throw: the caller guards it.
 *
 * @returns a function to use in the place of one that a CommonJS file exports; anything else is ignored
 */
export type OnFile = (exports: unknown, file: TargetFile) => unknown

/** What the back-ends share: which files are targets, and the one call per loaded copy of each. */
export interface Targets {
  /** @param file absolute path */
  find(file: string): TargetFile | undefined
  /** Absolute paths of the targets in the package that a file belongs to. */
  besides(file: string): readonly string[]
  /**
   * Hands over the `module.exports` of a CommonJS file, or what `require` returned for an ES module.
   *
   * @returns what importers are to get: the same exports, but for a function that has a stand-in
   */
  required(exports: unknown, file: string): unknown
  /** Hands over the namespace of an ES module, by its URL with query. */
  imported(namespace: unknown, url: string): void
}

/** `aside` while we load something for ourselves. */
export const loading = { aside: false }

export function createTargets(rows: Rows, onFile: OnFile): Targets {
  const patchers = new Map<Package, Patcher | undefined>()
  const patched = new WeakSet<object>()
  const modules = new Set<string>()
  const standIns = new WeakMap<object, unknown>()

  /** The package that a file belongs to, where it has a patcher. */
  function copyOf(file: string): { pkg: Package; patcher: Patcher } | undefined {
    // First: to find out whose the file is, a package.json is read.
    if (patches.off || loading.aside) return undefined
    const pkg = packageOf(file)
    const row = pkg && rows.get(pkg.name)
    if (pkg === undefined || row === undefined) return undefined
    if (!patchers.has(pkg))
      patchers.set(pkg, supported(pkg, guard(`loading the patcher of ${pkg.name}`, row, undefined)))
    const patcher = patchers.get(pkg)
    return patcher && { pkg, patcher }
  }

  function find(file: string): TargetFile | undefined {
    const copy = copyOf(file)
    if (copy === undefined) return undefined
    const { pkg, patcher } = copy
    const path = pathInside(pkg, file)
    const unnamed = !Object.hasOwn(patcher.files, path)
    if (unnamed && !Object.hasOwn(patcher.files, EVERY_FILE)) return undefined
    return { patcher, path, version: pkg.version, dir: pkg.dir, unnamed }
  }

  function besides(file: string): string[] {
    const copy = copyOf(file)
    if (copy === undefined) return []
    const { pkg, patcher } = copy
    return Object.keys(patcher.files)
      .map((path) => join(pkg.dir, path))
      .filter((target) => target !== file && existsSync(target))
  }

  function patch(exports: unknown, file: TargetFile | undefined): void {
    if (file === undefined || !isObject(exports) || patched.has(exports)) return
    patched.add(exports)
    const copy = `${file.patcher.package}@${file.version}`
    const what = `patching ${file.path} of ${copy} (its lines stay native)`
    const made = guard(what, () => onFile(exports, file), undefined)
    if (typeof exports !== 'function' || typeof made !== 'function') return
    patched.add(made)
    standIns.set(exports, made)
  }

  function imported(namespace: unknown, url: string): void {
    const file = find(fileURLToPath(url))
    if (file === undefined || modules.has(url)) return
    modules.add(url)
    patch(namespace, file)
  }

  function required(exports: unknown, file: string): unknown {
    const target = find(file)
    if (target === undefined) return exports
    const url = pathToFileURL(file).href
    // An ES module may give `require` something else than its namespace: an export named "module.exports"
    if (types.isModuleNamespaceObject(exports)) imported(exports, url)
    else if (!modules.has(url)) patch(exports, target)
    return (isObject(exports) && standIns.get(exports)) || exports
  }

  return { find, besides, required, imported }
}

/** The path of `file` inside its package, with forward slashes. */
export function pathInside(pkg: Package, file: string): string {
  return relative(pkg.dir, file).replaceAll(sep, '/')
}

function supported(pkg: Package, patcher: Patcher | undefined): Patcher | undefined {
  if (patcher === undefined) return undefined
  // A package that is not published may have no version
  if (patcher.versions === '*') return patcher
  const satisfies: typeof import('semver/functions/satisfies') = require('semver/functions/satisfies')
  if (satisfies(pkg.version, patcher.versions, { includePrerelease: true })) return patcher
  // What carries the context alone has no lines that could be missed: winston 2 brings an async of its own, for instance.
  if (Object.keys(patcher.levels).length > 0)
    complain(`${pkg.name}@${pkg.version} stays native: the supported versions are ${patcher.versions}`)
  return undefined
}
