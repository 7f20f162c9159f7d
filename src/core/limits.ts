import type { Level } from './levels'
import { now, setTimeout } from './natives'

/** How many lines a time, as `limits` says it: `100/s`. */
export interface Limit {
  /** As it is written. */
  readonly text: string
  readonly lines: number
  /** Length of the time, in ms. */
  readonly ms: number
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }

/** @param text has passed the check of the configuration */
export function limitOf(text: string): Limit {
  const [lines, unit = ''] = text.split('/')
  return { text, lines: Number(lines), ms: UNITS[unit] ?? 1_000 }
}

/** Limiters that have something to report. */
const owing = new Set<Limiter>()

/** Lets a number of lines pass in each stretch of time, and reports how many it did not. */
export class Limiter {
  #until = 0
  #passed = 0
  #leftOut = 0
  #highest: Level = Number.NEGATIVE_INFINITY

  /** @param report told at the end of a stretch, or of the process; `level` is the highest of those left out */
  constructor(
    private readonly limit: Limit,
    private readonly report: (leftOut: number, level: Level) => void,
  ) {}

  /** @param time of the line, epoch ms */
  admits(time: number, level: Level): boolean {
    if (time >= this.#until) {
      this.settle()
      this.#until = time + this.limit.ms
      this.#passed = 0
    }
    if (this.#passed < this.limit.lines) {
      this.#passed++
      return true
    }
    if (this.#leftOut++ === 0) this.#owe()
    this.#highest = Math.max(this.#highest, level)
    return false
  }

  settle(): void {
    owing.delete(this)
    const leftOut = this.#leftOut
    if (leftOut === 0) return
    this.#leftOut = 0
    this.report(leftOut, this.#highest)
    this.#highest = Number.NEGATIVE_INFINITY
  }

  #owe(): void {
    if (owing.size === 0) process.once('exit', settleAll)
    owing.add(this)
    setTimeout(() => this.settle(), Math.max(0, this.#until - now())).unref()
  }
}

/** Reports what each limiter has left out so far. */
export function settleAll(): void {
  process.removeListener('exit', settleAll)
  for (const limiter of owing) limiter.settle()
}
