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

/**
 * Hands a line to a stream.
 *
 * @param self what `this` is in the stream's own `write`: pino sets there what it knows of the line
 */
export type Write = (line: string, level: number, take: Take, self: Stream) => void

/** Streams of pino's own, of which we learnt what they print when they were made. */
export const writers = new WeakMap<object, Write>()

const METADATA = Symbol.for('pino.metadata')
const NATIVE = Symbol('native')

/**
 * A stand-in for a stream, for one line: what would reach the terminal is offered to `take`, the rest is written.
 *
 * @returns undefined where nothing of the stream is the terminal
 */
export function tapped(stream: Stream, level: number, take: Take): object | undefined {
  const entries = entriesOf(stream)
  if (entries !== undefined) {
    const taps = entries.map((entry) => tapped(entry.stream, level, take))
    if (taps.every((tap) => tap === undefined)) return undefined
    // Which entries get the line, multistream itself decides: by level, and by `dedupe`.
    const streams = entries.map((entry, i) => ({ ...entry, stream: taps[i] ?? entry.stream }))
    return Object.create(stream, { [NATIVE]: { value: stream }, streams: { value: streams } })
  }
  const write = writers.get(stream) ?? writer(stream)
  if (write === undefined) return undefined
  return Object.create(stream, {
    [NATIVE]: { value: stream },
    write: {
      value(line: string) {
        write(line, level, take, this)
      },
    },
  })
}

/** The stream behind a stand-in: a serializer may log by the same logger. */
export function untapped(stream: Stream): Stream {
  return stream[NATIVE] ?? stream
}

interface Entry {
  readonly stream: Stream
}

function entriesOf(stream: Stream): readonly Entry[] | undefined {
  return stream[METADATA] === true && Array.isArray(stream.streams) ? stream.streams : undefined
}

function writer(stream: Stream): Write | undefined {
  const print = isPrinter(stream) ? asItIs : prettifierOf(stream)
  if (print === undefined) return undefined
  return (line, level, take) => {
    const printed = print(line, level)
    if (printed !== undefined && !take(line, printed)) passing(() => stream.write(line))
  }
}
