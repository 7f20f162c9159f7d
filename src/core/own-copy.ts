import Module from 'node:module'
import { loading } from './hooks/targets'

/** @types/node does not know it. */
const { _load: load } = Module as unknown as { _load(name: string, parent: NodeModule): unknown }

/**
 * Loads a package for ourselves alone, past our hooks: a patcher for it would be loaded with it, and most programs have
 * no use for that. Whoever else requires the package gets a copy of their own, of which the hooks see each file. Where the
 * program has loaded it before, one copy serves both.
 *
 * @param name of a package that requires nothing later than at its start
 * @returns its exports
 */
export function ownCopy(name: string): unknown {
  const before = new Set(Object.values(require.cache))
  const { aside } = loading
  loading.aside = true
  try {
    // No `require`: dd-trace, which stands around that, would hand our copy to the program.
    return load(name, module)
  } finally {
    loading.aside = aside
    forget(require.cache[require.resolve(name)], before)
  }
}

/** Only what the package's own files have loaded: hooks of others may load theirs meanwhile. */
function forget(module: NodeModule | undefined, before: ReadonlySet<NodeModule | undefined>): void {
  if (module === undefined || before.has(module) || require.cache[module.id] !== module) return
  delete require.cache[module.id]
  for (const child of module.children) forget(child, before)
}
