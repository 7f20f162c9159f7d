import type { Stats } from 'node:fs'
import { constants, elapsed, fstatSync, openSync } from './natives'

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
    const at = elapsed()
    if (this.#id === undefined || at - this.#lookedAt < OWN_MS) return false
    this.#lookedAt = at
    if (isStill(this.fd, this.#id)) return false
    this.#open()
    return true
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
