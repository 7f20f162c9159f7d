import { describe } from './guard'
import { elapsed, setTimeout, writeSync } from './natives'
import { type Counts, count } from './stats'
import type { Target } from './target'
import { tell } from './tell'

// The global is an accessor of Node's, and a search for each record.
const { byteLength } = Buffer

/** POSIX writes so many bytes to a pipe whole or not at all (PIPE_BUF): several records leave together up to here. */
const WHOLE = 4_096
/** So many bytes wait at most. */
const ROOM = 8 * 2 ** 20
/** A reader that takes nothing holds the program for so long at once, in ms … */
const HOLD_MS = 50
/** … and then for this part of the time. */
const HOLD_PART = 0.05
/** A reader that takes nothing for so long stands still, in ms: where no room is left, and at the end, none is waited for. */
const STILL_MS = 2_000
/** The end of the process waits for so long in all, in ms. */
const END_MS = 10_000
/** So often what waits is tried again while the program does not log, in ms. */
const AGAIN_MS = 50

interface Waiting {
  readonly line: string
  /** What is left of it, where a part is out. */
  rest?: Buffer
  /** Length of what is left. */
  bytes: number
}

/**
 * Writes records to a descriptor, each by one write that is done when `write` returns. What the destination does not
 * take then waits, and goes first. Never throws.
 */
export class Descriptor {
  readonly #waiting: Waiting[] = []
  /** What stands there ends within a line that will not be completed. */
  #torn: boolean
  /** The code of the last failed write, until everything is out. */
  #code: string | undefined
  #retryAt = 0
  /** When the destination last took something. */
  #tookAt = 0
  #hold = HOLD_MS
  #holdAt = 0
  #told = false
  #lost: Record<string, number> = {}
  #timer: NodeJS.Timeout | undefined
  #listens = false
  #endBy: number | undefined

  /**
   * @param batch true where records wait until a write is full, or a moment has passed
   * @param over told how many records were lost, by reason, when the destination takes records again
   */
  constructor(
    private readonly target: Target,
    private readonly batch: boolean,
    private readonly counts: Counts,
    private readonly over: (lost: Record<string, number>) => void,
  ) {
    this.#torn = target.unfinished
  }

  /** @param record whole lines */
  write(record: string): void {
    const { counts, batch } = this
    this.#look()
    const isFree = counts.pending === 0 && !batch && !this.#torn && this.#code === undefined
    const took = isFree ? this.#attempt(record) : 0
    const line = this.#torn && counts.pending === 0 ? `\n${record}` : record
    const bytes = byteLength(line)
    if (took === bytes) {
      counts.accepted++
      counts.written++
      return
    }
    if (!this.#hasRoom(bytes)) this.#drain(() => !this.#hasRoom(bytes) && !this.#isStill())
    if (this.#hasRoom(bytes)) {
      if (batch && counts.backlog + bytes > WHOLE) this.#drain(this.#mayHold)
      counts.pending = this.#waiting.push({ line, bytes })
      counts.backlog += bytes
      counts.accepted++
      if (took > 0) this.#took(took)
      if (!batch) this.#drain(this.#mayHold)
    } else {
      counts.accepted++
      this.#lose(1)
    }
    if (counts.pending > 0) this.#later()
  }

  /**
   * Nearly every record finds nothing waiting and is taken whole.
   *
   * @returns how many bytes were taken; the way of those that wait finds out why not all
   */
  #attempt(record: string): number {
    try {
      return writeSync(this.target.fd, record)
    } catch {
      return 0
    }
  }

  /** Resolves when what was written so far is out, or the destination has taken nothing for two seconds. */
  async flush(): Promise<void> {
    const { counts } = this
    const all = counts.accepted
    this.#tookAt = elapsed()
    const isOut = () => {
      this.#look()
      this.#drain(() => false)
      return counts.accepted - counts.pending >= all
    }
    while (!isOut() && !this.#isStill()) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  #isStill(): boolean {
    return elapsed() - this.#tookAt >= STILL_MS
  }

  #hasRoom(bytes: number): boolean {
    const { pending, backlog } = this.counts
    return pending === 0 || backlog + bytes <= ROOM
  }

  /** @param mayWait asked before each moment of waiting for the reader */
  #drain(mayWait: () => boolean): void {
    while (this.counts.pending > 0) {
      if ((this.#retryAt === 0 || elapsed() >= this.#retryAt) && this.#writeAll()) this.#calm()
      else if (this.#code !== 'EAGAIN' || !mayWait()) return
      else this.#pause()
    }
  }

  /** @returns false where the destination does not take all */
  #writeAll(): boolean {
    try {
      while (this.counts.pending > 0) {
        const rest = this.#waiting[0]?.rest
        const { fd } = this.target
        this.#took(rest === undefined ? writeSync(fd, this.#together()) : writeSync(fd, rest))
      }
      return true
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException)
      return false
    }
  }

  #together(): string {
    let text = ''
    let size = 0
    for (const { line, bytes } of this.#waiting) {
      if (size > 0 && size + bytes > WHOLE) break
      text += line
      size += bytes
    }
    return text
  }

  #took(bytes: number): void {
    const { counts } = this
    const waiting = this.#waiting
    let left = bytes
    let whole = 0
    for (let first = waiting[0]; first !== undefined && left >= first.bytes; first = waiting[whole]) {
      left -= first.bytes
      whole++
    }
    if (whole === waiting.length) waiting.length = 0
    else waiting.splice(0, whole)
    const [torn] = waiting
    if (left > 0 && torn !== undefined) {
      torn.rest = (torn.rest ?? Buffer.from(torn.line)).subarray(left)
      torn.bytes -= left
    }
    counts.written += whole
    counts.pending = waiting.length
    counts.backlog -= bytes
    this.#torn = false
    if (this.#code !== undefined) this.#tookAt = elapsed()
  }

  #failed(error: NodeJS.ErrnoException): void {
    const { target, counts } = this
    const code = error.code ?? 'unknown'
    count(counts.errors, code)
    const at = elapsed()
    if (this.#code === undefined) this.#tookAt = at
    this.#code = code
    // A loop that logs shall not try as often as it logs.
    this.#retryAt = at + 1
    if (target.gone(code)) {
      this.#tell(`records are lost: writing to ${target.name} failed: ${describe(error)}`)
      this.#loseAll()
    } else if (code !== 'EAGAIN') {
      this.#tell(`writing to ${target.name} failed: ${describe(error)}; ${MORE}`)
    }
  }

  /** Everything is out. */
  #calm(): void {
    if (this.#code === undefined) return
    this.#code = undefined
    this.#retryAt = 0
    this.#told = false
    const lost = this.#lost
    this.#lost = {}
    if (Object.keys(lost).length > 0) this.over(lost)
  }

  #lose(records: number): void {
    const code = this.#code ?? 'unknown'
    count(this.counts.dropped, code, records)
    count(this.#lost, code, records)
    this.#tell(`the reader of ${this.target.name} stands still; ${MORE}`)
  }

  #loseAll(): void {
    const { counts } = this
    this.#torn ||= this.#waiting[0]?.rest !== undefined
    this.#lose(this.#waiting.length)
    this.#waiting.length = 0
    counts.pending = 0
    counts.backlog = 0
  }

  /** Once until everything is out. */
  #tell(text: string): void {
    if (this.#told) return
    this.#told = true
    tell(text)
  }

  #look(): void {
    if (!this.target.renewed()) return
    this.#torn = this.target.unfinished
    const [first] = this.#waiting
    if (first === undefined) return
    // What lies torn in the old file stands whole in the new one.
    const line = this.#torn ? `\n${first.line}` : first.line
    const bytes = byteLength(line)
    this.#waiting[0] = { line, bytes }
    this.counts.backlog += bytes - first.bytes
  }

  readonly #mayHold = (): boolean => {
    const at = elapsed()
    this.#hold = Math.min(HOLD_MS, this.#hold + (at - this.#holdAt) * HOLD_PART)
    this.#holdAt = at
    return this.#hold >= 1
  }

  #pause(): void {
    const from = elapsed()
    Atomics.wait(NEVER, 0, 0, 1)
    const took = elapsed() - from
    this.#hold = Math.max(0, this.#hold - took)
    this.counts.blockedMs += took
  }

  /** Sees to it that what waits is tried again, and at the end of the process. */
  #later(): void {
    if ((process as { _exiting?: boolean })._exiting) {
      this.#end()
      return
    }
    if (!this.#listens) {
      this.#listens = true
      // In front: a listener that throws or exits keeps those behind it from running.
      process.prependListener('exit', this.#end)
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#look()
      this.#drain(() => false)
      if (this.counts.pending > 0) this.#later()
      else if (this.#listens) {
        this.#listens = false
        process.removeListener('exit', this.#end)
      }
    }, AGAIN_MS).unref()
  }

  readonly #end = (): void => {
    if (this.#endBy === undefined) {
      this.#endBy = elapsed() + END_MS
      this.#tookAt = elapsed()
    }
    const endBy = this.#endBy
    this.#retryAt = 0
    this.#look()
    this.#drain(() => elapsed() < endBy && !this.#isStill())
    const { pending } = this.counts
    if (pending === 0) return
    tell(`${pending} records are lost: ${this.target.name} did not take them before the end (${this.#code})`)
    this.#told = true
    this.#loseAll()
  }
}

const MORE = `up to ${ROOM / 2 ** 20} MiB of records wait, more are lost`
const NEVER = new Int32Array(new SharedArrayBuffer(4))
