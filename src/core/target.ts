import type { Stats } from 'node:fs'
import { complain, describe } from './guard'
import { closeSync, constants, elapsed, fstatSync, openSync, readSync, statSync } from './natives'
import { isSame, isStill, OWN_MS, OwnPipe } from './own-pipe'

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
  const pipe = new OwnPipe(fd)
  let unfinished = false
  return {
    name: `descriptor ${fd}`,
    get fd() {
      return pipe.fd
    },
    get unfinished() {
      return unfinished
    },
    renewed() {
      if (!pipe.renewed()) return false
      // Nobody knows: an empty line does no harm.
      unfinished = true
      return true
    },
    gone: (code) => code === 'EPIPE' || code === 'EBADF' || code === 'ECONNRESET',
  }
}

/** So often is looked whether the file was renamed or removed, in ms. */
const LOOK_MS = 1_000
/** No descriptor has this number: a write is EBADF. */
const NONE = 2 ** 31 - 1

/**
 * A file that is appended to, whoever else writes there, and that may be rotated: renamed or removed, which `renewed`
 * finds out, or copied and truncated. A FIFO as well, whose reader may come back.
 */
export class LogFile implements Target {
  fd: number
  unfinished: boolean
  #id: Stats
  #lookedAt = elapsed()
  #ownAt = this.#lookedAt

  /** @throws where it cannot be opened */
  constructor(readonly name: string) {
    this.fd = open(name)
    this.#id = fstatSync(this.fd)
    this.unfinished = endsWithinLine(name, this.#id)
  }

  renewed(): boolean {
    const { name, fd } = this
    const id = this.#id
    const at = elapsed()
    if (at - this.#ownAt < OWN_MS) return false
    this.#ownAt = at
    const ours = isStill(fd, id)
    if ((ours || fd === NONE) && at - this.#lookedAt < LOOK_MS) return false
    this.#lookedAt = at
    try {
      const there = statSync(name, { throwIfNoEntry: false })
      if (ours && there !== undefined && isSame(there, id)) return false
      this.fd = open(name)
      if (ours) closeSync(fd)
      this.#id = fstatSync(this.fd)
      this.unfinished = endsWithinLine(name, this.#id)
      return true
    } catch (error) {
      if (!ours) this.fd = NONE
      const meanwhile = ours ? 'records go on to where it was' : 'records wait'
      complain(`${name} cannot be opened anew: ${describe(error)}; ${meanwhile}`)
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
