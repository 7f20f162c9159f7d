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
