import { writeSync } from 'node:fs'
import { visible } from './escape'

const said = new Set<string>()

/**
 * Says something about ourselves to a person, once per text, on stderr. Goes to the file descriptor: a complaint
 * about a logger must pass neither a logger nor `process.stderr`, which may be patched and whose first use changes
 * the descriptor's flags. What a terminal would obey in it is shown, not sent. Never throws.
 */
export function complain(text: string): void {
  if (said.has(text) || said.size > 100) return
  said.add(text)
  try {
    writeSync(2, `unify-logs: ${visible(text)}\n`)
  } catch {
    // stderr is closed or full: there is nobody left to tell
  }
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
    complain(`${what} failed: ${describe(error)}`)
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
