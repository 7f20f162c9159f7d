import { through } from '../../core/shim'
import { passing } from '../../core/terminal'
import { prettifierOf } from './pretty'
import { asItIs, isPrinter, type Stream } from './printer'

/**
 * Makes a record of a line.
 *
 * @param line as pino serialised it
 * @param printed as it would have reached the terminal
 * @returns false where it has to be printed after all
 */
export type Take = (line: string, printed: string) => boolean

/** A line on its way to a stream. */
export interface Passing {
  readonly level: number
  /**
   * Where `levels` decides what the terminal gets: below this level a line is for the terminal alone, because without us
   * there would be none.
   */
  readonly own: number | undefined
  readonly take: Take
}

/** How much of what is written to a stream reaches the terminal. */
export type Reach = 'all' | 'some' | 'none'

/** A stream of pino's own, of which we learnt what it prints when it was made. */
export interface Writer {
  reach(): Reach
  /** @param self what `this` is in the stream's own `write`: pino sets there what it knows of the line */
  write(line: string, passing: Passing, self: Stream): void
}

export const writers = new WeakMap<object, Writer>()

/** A stream has it that asks what pino knows of each line. */
export const METADATA = Symbol.for('pino.metadata')
const NATIVE = Symbol('native')

/**
 * A stand-in for a stream, for one line: what would reach the terminal is offered to `take`, the rest is written.
 *
 * @returns undefined where nothing of the stream is the terminal
 */
export function tapped(stream: Stream, line: Passing): object | undefined {
  const entries = entriesOf(stream)
  if (entries !== undefined) {
    const taps = entries.map((entry) => tapped(entry.stream, line))
    if (taps.every((tap) => tap === undefined)) return undefined
    // Which entries get the line, multistream itself decides: by level, and by `dedupe`.
    const streams = entries.map((entry, i) => ({ ...entry, stream: taps[i] ?? entry.stream }))
    return Object.create(stream, {
      [NATIVE]: { value: stream },
      streams: { value: line.own === undefined ? streams : shown(streams, taps, line.level, line.own) },
    })
  }
  const writer = writerOf(stream)
  if (writer === undefined) return undefined
  return standIn(stream, function (this: Stream, text) {
    const write = () => writer.write(text, line, this)
    through(
      'the stream of pino',
      () => Reflect.apply(stream.write, this, [text]),
      () => write(),
    )
  })
}

/** A stream that is another one but for its `write`. */
export function standIn(stream: Stream, write: (this: Stream, text: string) => void): Stream {
  return Object.create(stream, { [NATIVE]: { value: stream }, write: { value: write } })
}

/** The entries where `levels` decides what the terminal gets. They stay in the order of their levels. */
function shown(entries: readonly Entry[], taps: readonly unknown[], level: number, own: number): Entry[] {
  return entries
    .map((entry, i) =>
      taps[i] && entry.level > level ? { ...entry, level: Number.NEGATIVE_INFINITY } : entry,
    )
    .filter((_, i) => taps[i] || level >= own)
    .sort((a, b) => a.level - b.level)
}

export function reachOf(stream: Stream): Reach {
  const entries = entriesOf(stream)
  if (entries === undefined) return writerOf(stream)?.reach() ?? 'none'
  const reaches = new Set(entries.map((entry) => reachOf(entry.stream)))
  const [only = 'none'] = reaches
  return reaches.size > 1 ? 'some' : only
}

/** The stream behind a stand-in: a serializer may log by the same logger. */
export function untapped(stream: Stream): Stream {
  return stream[NATIVE] ?? stream
}

interface Entry {
  readonly stream: Stream
  readonly level: number
}

function entriesOf(stream: Stream): readonly Entry[] | undefined {
  return stream[METADATA] === true && Array.isArray(stream.streams) ? stream.streams : undefined
}

function writerOf(stream: Stream): Writer | undefined {
  const known = writers.get(stream)
  if (known !== undefined) return known
  const print = isPrinter(stream) ? asItIs : prettifierOf(stream)
  if (print === undefined) return undefined
  return {
    reach: () => 'all',
    write(line, { level, take }) {
      const printed = print(line, level)
      if (printed !== undefined && !take(line, printed)) passing(() => stream.write(line))
    },
  }
}
