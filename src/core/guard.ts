import { writeSync } from './natives'

const said = new Set<string>()

/** Says something about ourselves to a person, once per text, on stderr. Never throws. */
export function complain(text: string): void {
  if (said.has(text) || said.size > 100) return
  said.add(text)
  try {
    const { tell } = require('./tell') as typeof import('./tell')
    tell(text)
  } catch {
    tellPlainly(text)
  }
}

/** No file can be loaded any more, of ours or of anybody's. */
function tellPlainly(text: string): void {
  try {
    writeSync(2, `unify-logs: ${JSON.stringify(text)}\n`)
  } catch {
    // stderr is closed or full: there is nobody left to tell
  }
}

/** How often each reason was said. */
const reasons = new Map<string, number>()

/** Says that something of ours failed. One fault may fail in every logger: each reason is said up to five times. */
export function complainOf(what: string, error: unknown): void {
  const reason = describe(error)
  const times = (reasons.get(reason) ?? 0) + 1
  if (times > 5 || reasons.size > 100) return
  reasons.set(reason, times)
  complain(`${what}: ${reason}`)
}

/**
 * The one try/catch between us and the host.
 *
 * @param what names the act in the complaint: `patching debug@4.4.3`
 * @returns what `act` returns, or `fallback` where it throws
 */
export function guard<T>(what: string, act: () => T, fallback: T): T {
  try {
    return act()
  } catch (error) {
    complainOf(`${what} failed`, error)
    return fallback
  }
}

/** Whether a value is an object or a function: what may be the key of a WeakMap. */
export function isObject(value: unknown): value is object {
  return typeof value === 'function' || (typeof value === 'object' && value !== null)
}

/** The text of anything thrown, in one line; even reading its message may throw. */
export function describe(error: unknown): string {
  try {
    return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? ''
  } catch {
    return 'an error that cannot be read'
  }
}
