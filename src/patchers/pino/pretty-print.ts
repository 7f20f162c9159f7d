import { passing } from '../../core/terminal'
import { isPrinter, type Stream } from './printer'
import { type Take, writers } from './streams'

/**
 * A stream for the option `prettyPrint` of versions 6 and 7, whose prettifier runs as ever: what it gives to the
 * destination is offered first.
 *
 * @param destination what it prints to
 * @param make makes pino's stream around a destination
 */
export function prettyPrint<T extends { readonly stream: Stream }>(
  destination: Stream,
  make: (destination: Stream) => T,
): T {
  let underway: { readonly line: string; readonly take: Take } | undefined
  const write = (text: string): void => {
    const taken = underway !== undefined && isPrinter(destination) && underway.take(underway.line, text)
    if (!taken) passing(() => destination.write(text))
  }
  const made = make(Object.create(destination, { write: { value: write } }))
  const { stream } = made
  writers.set(stream, {
    reach: () => (isPrinter(destination) ? 'all' : 'none'),
    write(line, { take }, self) {
      const outer = underway
      underway = { line, take }
      try {
        stream.write.call(self, line)
      } finally {
        underway = outer
      }
    },
  })
  return made
}
