import type { ResolveFnOutput } from 'node:module'
import { isWrapper } from './handover'

/** ES modules that hand over their namespaces where others are wrapped by import-in-the-middle. */
export interface UnwrappedModules {
  has(url: string): boolean
  /** Returns what a name was resolved to, having noted whether it is one. */
  noting<T extends ResolveFnOutput>(resolved: T): T
}

/**
 * A wrapper keeps the first value of each export. That is right for a logger's own file, and wrong for all the files of
 * a package, whose exports may be any values that change.
 *
 * @param wants whether a URL is that of such a file
 */
export function unwrappedModules(wants: (url: string) => boolean): UnwrappedModules {
  const urls = new Set<string>()
  return {
    has: (url) => urls.has(url),
    noting(resolved) {
      const { url, format } = resolved
      if (format === 'module' && !isWrapper(url) && !urls.has(url) && wants(url)) urls.add(url)
      return resolved
    },
  }
}
