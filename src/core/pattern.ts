import { type Check, found, nearest } from './checks'

/** Sources of records that are no logger library: known in every process. */
export const OWN_SOURCES: readonly string[] = [
  'console',
  'debuglog',
  'process',
  'stdout',
  'stderr',
  'http',
  'app',
]

/**
 * A test for texts where `*` stands for any characters, none included. Walks the text once per literal part: no
 * regular expression, so no pattern can make a line expensive.
 */
export function wildcard(pattern: string): (text: string) => boolean {
  const [head = '', ...parts] = pattern.split(/\*+/)
  const tail = parts.pop()
  if (tail === undefined) return (text) => text === pattern
  return (text) => {
    if (!text.startsWith(head)) return false
    let at = head.length
    for (const part of parts) {
      const found = text.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return text.length - tail.length >= at && text.endsWith(tail)
  }
}

/** A pattern's two halves: `['debug', 'express:*']`. Undefined for a file glob, which has no colon. */
export function halves(pattern: string): [head: string, rest: string] | undefined {
  const colon = pattern.indexOf(':')
  return colon < 0 ? undefined : [pattern.slice(0, colon), pattern.slice(colon + 1)]
}

/**
 * A number that is higher the less a pattern leaves open: exact patterns beat those with wildcards, then the one with
 * more characters that are not wildcards wins.
 */
export function precision(pattern: string): number {
  const wild = halves(pattern) === undefined ? /[*?[\]{}()!]/ : /\*/
  return (wild.test(pattern) ? 0 : 1e6) + pattern.replace(/[*?]/g, '').length
}

/**
 * What `optOut`, `levels` and `modules.match` may say. A text with a colon, or the bare name of a logger, is
 * `source:namespace` or `package:name`; any other text can only be a file glob.
 *
 * @param loggers names of the built-in patchers, and of packages with private loggers
 * @param files whether file globs are allowed here
 * @returns a check whose patterns always have a colon, file globs excepted
 */
export function patternCheck(loggers: readonly string[], files: boolean): Check<string> {
  const sources = [...new Set([...loggers, ...OWN_SOURCES])]
  const allowed =
    `"source:namespace" or "package:name"${files ? ', or a file glob relative to the project root' : ''}, ` +
    `"*" for any text (sources: ${sources.join(', ')})`
  return {
    allowed,
    take(value, path, report) {
      const pattern = typeof value === 'string' ? value : ''
      const [head, rest] = halves(pattern) ?? [pattern, undefined]
      if (head === 'package' || sources.some(wildcard(head)))
        return rest === undefined ? `${head}:*` : pattern
      if (files && rest === undefined && /^[^/].*[/\\.]|^\./.test(pattern)) return pattern
      const near = nearest(head, ['package', ...sources])
      const meant = near !== undefined && rest !== undefined ? `${near}:${rest}` : near
      report({ path, found: found(value), allowed, nearest: meant })
      return undefined
    },
  }
}
