import { complainOf } from '../../core/guard'
import { passing } from '../../core/terminal'
import type { Logger, Symbols } from './line'
import { isPrinter, type Stream } from './printer'
import { untapped, writers } from './streams'

/** @returns false where the line has to be printed after all */
type TakeLine = (line: string) => boolean

const METADATA = Symbol.for('pino.metadata')

/** A logger as it is, but for its stream, which hands each line on. */
interface Standin {
  readonly stream: Stream
  readonly logger: Logger
}

/**
 * The short way of a line whose stream is the terminal as it is, and in which the program has no part that would see who
 * writes it: the logger is the same one behind a stand-in that is made once, and nothing is made for the line.
 */
export function directWay(symbols: Symbols) {
  const { streamSym, mixinSym, hooksSym } = symbols
  const standins = new WeakMap<Logger, Standin>()
  /** What becomes of the line that is being written: the innermost one, where a serializer logs. */
  let take: TakeLine | undefined

  const tap = (stream: Stream): Stream =>
    Object.create(stream, {
      write: {
        value(line: string) {
          let taken = false
          try {
            taken = take?.(line) === true
          } catch (error) {
            complainOf('reading a line of pino failed', error)
          }
          if (!taken) passing(() => stream.write(line))
        },
      },
    })

  return {
    /** @returns undefined where the line goes another way */
    of(logger: Logger): Logger | undefined {
      const stream = untapped(logger[streamSym])
      const known = standins.get(logger)
      if (known !== undefined && known.stream === stream) return isPrinter(stream) ? known.logger : undefined
      // A mixin is told the logger, as is a stream that asks for it; a hook makes any text of the line.
      if (logger[mixinSym] || (hooksSym && logger[hooksSym]?.streamWrite) || stream[METADATA] === true)
        return undefined
      if (writers.has(stream) || !isPrinter(stream)) return undefined
      const standin = Object.create(logger, { [streamSym]: { value: tap(stream) } })
      standins.set(logger, { stream, logger: standin })
      return standin
    },
    /** Runs `write`, which writes one line. */
    during(taking: TakeLine, write: () => unknown): unknown {
      const outer = take
      take = taking
      try {
        return write()
      } finally {
        take = outer
      }
    },
  }
}
