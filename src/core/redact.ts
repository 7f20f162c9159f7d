import { masker, type Path } from './mask'

/** What stands in the place of a hidden value. */
export const REDACTED = '[Redacted]'

/** Hides values by the names of the keys that lead to them. */
export interface Redactor {
  /** @param above the keys that lead to the object of `key`, the outermost first */
  hides(key: string, above: readonly string[]): boolean
  /**
   * Text without the values that stand behind a name that is to be hidden. Never throws, takes linear time.
   *
   * @param above the keys that lead to the text, where it is a value
   */
  masked(text: string, above?: readonly string[]): string
}

const STEPS = /\[(?:"([^"]*)"|'([^']*)'|[^\]]*)\]|([^.[\]]+)/g
/** Where Node keeps headers as a flat list and as text. */
const HEADERS = new Set(['rawheaders', 'header'])
/** A program's own keys are few; those that come from outside may be many. */
const MAX_KNOWN = 1_000

/**
 * @param paths as the configuration has them; `*` and the indexes of lists say nothing, as a path counts at any depth
 * @returns undefined where nothing is to be hidden
 */
export function compileRedaction(paths: readonly string[]): Redactor | undefined {
  const compiled = paths.map(compiledPath).filter((path) => path !== undefined)
  if (compiled.length === 0) return undefined
  const known = new Map<string, readonly Path[]>()
  const pathsTo = (key: string): readonly Path[] => {
    const found = known.get(key)
    if (found !== undefined) return found
    const name = normal(key)
    const paths = compiled.filter(([last]) => last === name)
    if (known.size < MAX_KNOWN && key.length < 100) known.set(key, paths)
    return paths
  }
  const mask = masker(compiled, normal)
  return {
    hides: (key, above) => pathsTo(key).some(([, ...names]) => leads(above, names)),
    masked(text, above = []) {
      try {
        return mask(text, above)
      } catch {
        return '[Redaction failed]'
      }
    },
  }
}

function compiledPath(path: string): Path | undefined {
  const keys = [...path.matchAll(STEPS)].map(([, double, single, bare]) => double ?? single ?? bare ?? '*')
  const names = keys.map(normal).filter((name) => name !== '*' && name !== '')
  const [name, ...above] = names.reverse()
  return name === undefined ? undefined : [name, ...above]
}

/** `apiKey`, `API_KEY` and `api-key` are one name. */
function normal(key: string): string {
  const name = key.toLowerCase().replace(/[-_]/g, '')
  return HEADERS.has(name) ? 'headers' : name
}

/** Whether the names, the innermost first, are among the keys in this order. */
function leads(keys: readonly string[], names: readonly string[]): boolean {
  let next = 0
  for (const key of keys.toReversed()) if (names[next] === normal(key)) next++
  return next >= names.length
}
