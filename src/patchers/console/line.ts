import { guard } from '../../core/guard'
import { HOME } from '../../core/home'
import { LEVELS, type Level } from '../../core/levels'
import { bare, firstError, printed } from '../../core/message'
import type { Outlet } from '../../core/patcher'
import type { Below, LogCall, Stamp } from '../../core/record'
import {
  claiming,
  collect,
  collects,
  isClaimed,
  isTerminal,
  ownerOf,
  passing,
  writeLine,
} from '../../core/terminal'

/** The console method in progress. */
export interface Call {
  readonly level: Level
  readonly args: readonly unknown[]
  readonly below: Below
  /** True where a line of a console method called inside it is this call's line: `table` calls `log`. */
  readonly composite: boolean
  readonly stamp: Stamp | undefined
}

/** A Console's streams, by its own names for them. */
export interface Streams {
  readonly _stdout: unknown
  readonly _stderr: unknown
}

/** One call of console's inner write. */
interface Writing {
  readonly streams: Streams
  readonly stderr: boolean
  readonly text: string
  /** Absent where it was called through a method that was bound before us. */
  readonly current: Call | undefined
  print(text: string): void
}

export interface Line {
  /** How many frames to look at for the caller of a method that prints for sure. */
  reach(level: Level): number
  /** The stamp of such a method, taken before Node formats. */
  stamp(level: Level, below: Below): Stamp | undefined
  write(writing: Writing): void
}

/**
 * What becomes of a line of console's.
 *
 * @param ourFrames so many more than it has without us the stack of `console.trace` may have
 */
export function consoleLine(outlet: Outlet, ourFrames: number): Line {
  const callOf = (msg: string, stderr: boolean, current: Call | undefined): LogCall => ({
    level: current?.level ?? (stderr ? LEVELS.error : LEVELS.info),
    msg,
    err: current && firstError(current.args),
    below: current?.below,
    stamp: current?.stamp,
  })
  const record = (msg: string, { stderr, current }: Writing, print: () => void): boolean => {
    if (collects(msg)) return collect(`${msg}\n`, { print })
    const line = ownerOf(msg) ?? { outlet, call: callOf(msg, stderr, current) }
    return writeLine(stderr ? 'stderr' : 'stdout', line)
  }
  return {
    reach: (level) => (isClaimed() ? 0 : outlet.reach(level)),
    stamp: (level, below) =>
      outlet.native || isClaimed() || !outlet.enabled(level) ? undefined : outlet.stamp(level, below),
    write(writing) {
      const { streams, stderr, current } = writing
      const text = current?.level === LEVELS.trace ? withoutUs(writing.text, ourFrames) : writing.text
      const msg = bare(text)
      const print = () => writing.print(text)
      if (!isTerminal(stderr ? streams._stderr : streams._stdout)) {
        // The host's own stream, which may hand the line on to the terminal.
        const call = (shown: string) => (printed(shown, msg) ? callOf(msg, stderr, current) : undefined)
        claiming({ outlet, call }, print)
        return
      }
      const pass = () => passing(print)
      if (!guard('recording a console line', () => record(msg, writing, pass), false)) pass()
    },
  }
}

/** The text of `console.trace` with the frames that it would have without us. */
function withoutUs(text: string, ourFrames: number): string {
  const lines = text.split('\n').filter((line) => !line.includes(HOME))
  const first = lines.findLastIndex((line) => !line.startsWith('    at ')) + 1
  return lines.slice(0, first + Error.stackTraceLimit - ourFrames).join('\n')
}
