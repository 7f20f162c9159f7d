import { isTerminal } from '../../core/terminal'

// biome-ignore lint/suspicious/noExplicitAny: pino writes to anything that has a `write`
export type Stream = any

/**
 * What a stream prints on the terminal.
 *
 * @param line as pino serialised it
 * @returns undefined where it prints nothing of it
 */
export type Print = (line: string, level: number) => string | undefined

export const asItIs: Print = (line) => line

const STANDARD = /^\/dev\/(?:stdout|stderr|fd\/[12])$/

/** Whether what is written to a stream is on the terminal as it is. */
export function isPrinter(stream: Stream): boolean {
  if (typeof stream?.reopen !== 'function') return isTerminal(stream)
  // sonic-boom, which from version 3.3 on gives each stream a `write` of its own; it is another after EPIPE.
  const { fd, file, write } = stream
  const native = !Object.hasOwn(stream, 'write') || /^write(?:Buffer)?$/.test(write.name)
  return native && (fd === 1 || fd === 2 || STANDARD.test(file))
}

/** Whether an option `destination` of pino/file or pino-pretty is the terminal. */
export function isStandard(destination: unknown = 1): boolean {
  return /^[12]$/.test(String(destination)) || STANDARD.test(String(destination))
}
