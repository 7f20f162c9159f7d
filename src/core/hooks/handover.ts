import type { LoadFnOutput } from 'node:module'
import { guard } from '../guard'
import { define } from '../undo'
import type { Targets } from './targets'

const HANDOVER = Symbol.for('unify-logs.esm')

/** Lets ES modules hand over their namespaces. */
export function receiveNamespaces(targets: Targets): void {
  define(globalThis, HANDOVER, {
    value: (url: string, namespace: unknown) =>
      guard('looking at an imported file', () => targets.imported(namespace, url), undefined),
    configurable: true,
  })
}

/** An ES module, which at its end hands its own namespace to us: it may import itself, and no line of it moves. */
export function withHandover(loaded: LoadFnOutput, url: string): LoadFnOutput {
  const { format, source } = loaded
  // CommonJS stays without source: given one, Node compiles it aside from `require.cache`
  if (format !== 'module' || source == null || isWrapper(url)) return loaded
  const text = typeof source === 'string' ? source : new TextDecoder().decode(source)
  let name = '$unifyLogs'
  while (text.includes(name)) name += '_'
  const call = `globalThis[Symbol.for(${JSON.stringify(HANDOVER.description)})]?.(import.meta.url, ${name})`
  const footer = `\n;import * as ${name} from ${JSON.stringify(url)};try { ${call} } catch {}`
  return { ...loaded, source: text + footer }
}

/** The wrapper that import-in-the-middle puts around a module, which is loaded on its own. */
export function isWrapper(url: string): boolean {
  return url.includes('iitm=')
}
