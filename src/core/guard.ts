import type { Stats } from 'node:fs'
import { visible } from './escape'
import { constants, elapsed, fstatSync, openSync, writeSync } from './natives'

const said = new Set<string>()
let stderr: OwnPipe | undefined

/** Says something about ourselves to a person, once per text, on stderr. Never throws. */
export function complain(text: string): void {
  if (said.has(text) || said.size > 100) return
  said.add(text)
  tell(text)
}

/**
 * Says something about ourselves to a person, on stderr. Goes to the file descriptor: a complaint about a logger must
 * pass neither a logger nor `process.stderr`, which may be patched and whose first use changes the descriptor's flags.
 * What a terminal would obey in it is shown, not sent. Never throws, and does not wait for a pipe's reader.
 */
export function tell(text: string): void {
  try {
    stderr ??= new OwnPipe(2)
    stderr.renewed()
    writeSync(stderr.fd, `unify-logs: ${visible(text)}\n`)
  } catch {
    // stderr is closed or full: there is nobody left to tell
  }
}

/**
 * A description of our own for a pipe that the process inherited, which a reader who stands still cannot block: the
 * flag on the shared one would be everybody's. Linux opens a pipe anew by its descriptor; a socket it does not
 * (ENXIO), nor a pipe of another user (EACCES). Never a file: a description of its own has an offset of its own, and
 * the program's next write would go over ours.
 */
export class OwnPipe {
  fd: number
  #id: Stats | undefined
  #lookedAt = elapsed()

  /** @param inherited what `fd` is where there is none of our own to be had */
  constructor(private readonly inherited: number) {
    this.fd = inherited
    this.#open()
  }

  /** Looks whether `fd` is still ours, and opens it anew where not; true where it did. */
  renewed(): boolean {
    if (this.#id === undefined || elapsed() - this.#lookedAt < OWN_MS) return false
    const ours = isStill(this.fd, this.#id)
    this.#lookedAt = elapsed()
    if (!ours) this.#open()
    return !ours
  }

  #open(): void {
    this.fd = this.inherited
    this.#id = undefined
    try {
      if (!fstatSync(this.inherited).isFIFO()) return
      this.fd = openSync(`/proc/self/fd/${this.inherited}`, constants.O_WRONLY | constants.O_NONBLOCK)
      this.#id = fstatSync(this.fd)
    } catch {
      // The inherited one it is.
    }
  }
}

/**
 * So often is looked whether a number still leads to our descriptor, in ms: the program may have closed it, and have the
 * number for a file of its own. To look for each record would cost as much as to write it.
 */
export const OWN_MS = 1

/** Whether a descriptor leads to what it led to. */
export function isStill(fd: number, id: Stats): boolean {
  try {
    return isSame(fstatSync(fd), id)
  } catch {
    return false
  }
}

export function isSame(one: Stats, other: Stats): boolean {
  return one.ino === other.ino && one.dev === other.dev
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
