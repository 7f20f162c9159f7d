import { packageOf } from '../packages'
import { pathInside } from './targets'

/** What import-in-the-middle tells of a module that it wrapped: URL, exports, specifier, format. */
export type Wrapped = [url: string, exports: Record<string, unknown>, specifier?: string, format?: string]
export type ImportHook = (...wrapped: Wrapped) => void

/** What every copy of import-in-the-middle keeps in its `lib/register.js`. */
interface Registry {
  readonly importHooks: ImportHook[]
  readonly toHook: Wrapped[]
  readonly specifiers: Map<string, string | undefined>
}

export interface OtherCopies {
  /** True for the registry file of a copy that is not ours. */
  has(file: string): boolean
  join(exports: unknown, file: string): void
  /** Passes on what our copy wrapped. */
  tell(wrapped: Wrapped): void
}

/**
 * Other installed copies of import-in-the-middle (OpenTelemetry brings its own). The first copy to see a module wraps
 * it and tells its own hooks alone, so each copy's hooks are told of what the other one wrapped
 * (https://github.com/nodejs/import-in-the-middle/issues/274).
 */
export function otherCopies(hook: ImportHook): OtherCopies {
  const ours = require.resolve('import-in-the-middle/lib/register.js')
  const registries = new Set<Registry>()

  function has(file: string): boolean {
    if (!file.endsWith('register.js') || file === ours) return false
    const pkg = packageOf(file)
    return pkg?.name === 'import-in-the-middle' && pathInside(pkg, file) === 'lib/register.js'
  }

  function join(exports: unknown, file: string): void {
    const registry = exports as Registry
    if (!has(file) || registries.has(registry) || !Array.isArray(registry.importHooks)) return
    registries.add(registry)
    registry.importHooks.push(hook)
    for (const wrapped of registry.toHook) hook(...wrapped)
  }

  function tell(wrapped: Wrapped): void {
    for (const { importHooks, toHook, specifiers } of registries) {
      specifiers.set(wrapped[0], wrapped[2])
      toHook.push(wrapped)
      for (const other of importHooks) other(...wrapped)
    }
  }

  for (const [file, module] of Object.entries(require.cache)) join(module?.exports, file)
  return { has, join, tell }
}
