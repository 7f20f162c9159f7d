import type { Stats } from 'node:fs'
import { complain, describe, ownPipe } from './guard'
import { closeSync, constants, elapsed, fstatSync, openSync, readSync, statSync } from './natives'

/** What a descriptor belongs to. */
export interface Target {
  /** For people. */
  readonly name: string
  /** Another one after `renewed` has said so. */
  readonly fd: number
  /** True where what was there already, when it was opened, ends within a line. */
  readonly unfinished: boolean
  /** Looks whether `fd` still leads to it, and opens it anew where not; true where it did. Never throws. */
  renewed(): boolean
  /** Whether it is gone for good where a write fails with this code. */
  gone(code: string): boolean
}

/** A descriptor that the process inherited. */
export function inherited(fd: 1 | 2): Target {
  return {
    name: `descriptor ${fd}`,
    fd: ownPipe(fd),
    unfinished: false,
    renewed: () => false,
    gone: (code) => code === 'EPIPE' || code === 'EBADF' || code === 'ECONNRESET',
  }
}

/** So often is looked whether the file was renamed or removed, in ms. */
const LOOK_MS = 1_000

/**
 * A file that is appended to, whoever else writes there, and that may be rotated: renamed or removed, which `renewed`
 * finds out, or copied and truncated. A FIFO as well, whose reader may come back.
 */
export class LogFile implements Target {
  fd: number
  unfinished: boolean
  #id: Stats
  #lookedAt = elapsed()

  /** @throws where it cannot be opened */
  constructor(readonly name: string) {
    this.fd = open(name)
    this.#id = fstatSync(this.fd)
    this.unfinished = endsWithinLine(name, this.#id)
  }

  renewed(): boolean {
    const at = elapsed()
    if (at - this.#lookedAt < LOOK_MS) return false
    this.#lookedAt = at
    const { name, fd } = this
    try {
      const id = this.#id
      const ours = isOurs(fd, id)
      const there = statSync(name, { throwIfNoEntry: false })
      if (ours && there !== undefined && isSame(there, id)) return false
      this.fd = open(name)
      // The program may have closed the number, and have it for a file of its own.
      if (ours) closeSync(fd)
      this.#id = fstatSync(this.fd)
      this.unfinished = endsWithinLine(name, this.#id)
      return true
    } catch (error) {
      complain(`${name} cannot be opened anew: ${describe(error)}; records go on to where it was`)
      return false
    }
  }

  gone(): boolean {
    return false
  }
}

/** Without waiting, where it is a FIFO, for somebody to read it. */
function open(path: string): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK = 0 } = constants
  return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o640)
}

function isOurs(fd: number, id: Stats): boolean {
  try {
    return isSame(fstatSync(fd), id)
  } catch {
    return false
  }
}

function isSame(one: Stats, other: Stats): boolean {
  return one.ino === other.ino && one.dev === other.dev
}

/** A disk that was full when a process ended leaves such a file. */
function endsWithinLine(path: string, id: Stats): boolean {
  if (!id.isFile() || id.size === 0) return false
  try {
    const fd = openSync(path, 'r')
    try {
      const last = Buffer.alloc(1)
      readSync(fd, last, 0, 1, id.size - 1)
      return last[0] !== 10
    } finally {
      closeSync(fd)
    }
  } catch {
    return false
  }
}
