import { guard } from '../../core/guard'
import { passing } from '../../core/terminal'
import type { Logger, Symbols } from './line'
import { isPrinter, type Stream } from './printer'
import { METADATA, standIn, untapped, writers } from './streams'

/** @returns false where the line has to be printed after all */
type TakeLine = (line: string) => boolean

/**
 * The short way of a line whose stream is the terminal as it is: a stand-in for the stream, made once, takes its place for
 * the time of the line, in the logger that has it as its own. Nothing is made for the line, nor for a child of a request.
 */
export function directWay({ streamSym, hooksSym }: Symbols) {
  const taps = new WeakMap<Stream, Stream>()
  /** What becomes of the line that is being written: the innermost one, where a serializer logs. */
  let take: TakeLine | undefined

  const made = (stream: Stream): Stream => {
    const tap = standIn(stream, (line) => {
      const taken = guard('reading a line of pino', () => take?.(line), false)
      if (!taken) passing(() => stream.write(line))
    })
    taps.set(stream, tap)
    return tap
  }

  return {
    /** @returns undefined where the line goes another way */
    tapOf(logger: Logger): Stream | undefined {
      const stream = untapped(logger[streamSym])
      // A hook makes any text of the line; a stream that asks for it is told the logger.
      if ((hooksSym && logger[hooksSym]?.streamWrite) || stream[METADATA] === true) return undefined
      if (writers.has(stream) || !isPrinter(stream)) return undefined
      return taps.get(stream) ?? made(stream)
    },
    /** Runs `write`, which writes one line. */
    through(tap: Stream, logger: Logger, taking: TakeLine, write: () => unknown): unknown {
      const holder = holderOf(logger, streamSym)
      const [outer, stream] = [take, holder[streamSym]]
      take = taking
      holder[streamSym] = tap
      try {
        return write()
      } finally {
        take = outer
        if (holder[streamSym] === tap) holder[streamSym] = stream
      }
    },
  }
}

/** The logger itself, or the parent whose stream it has. */
function holderOf(logger: Logger, key: symbol): Logger {
  let holder = logger
  while (!Object.hasOwn(holder, key)) holder = Object.getPrototypeOf(holder)
  return holder
}
