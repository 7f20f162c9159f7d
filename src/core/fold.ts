import { memberOf } from './members'
import { clearTimeout, setTimeout } from './natives'
import type { SinkRecord } from './record'
import type { Sink } from './sink'

/** So long a record waits to be told how often it was repeated, in ms. */
const WAIT_MS = 1_000

/**
 * A sink that prints a record that is the same as the one before it, but for its time, only once more: when another
 * comes, a second has passed or the process ends, with the number of times in `repeated`.
 */
export function folding(sink: Sink): Sink {
  let last: SinkRecord | undefined
  let text = ''
  let repeated = 0
  let timer: NodeJS.Timeout | undefined

  const settle = (): boolean => {
    clearTimeout(timer)
    process.removeListener('exit', settle)
    const told =
      last === undefined ||
      repeated === 0 ||
      sink.write({ ...last, members: last.members + memberOf('repeated', repeated) })
    last = undefined
    repeated = 0
    return told
  }

  return {
    write(record) {
      const { time: _, ...rest } = record
      const again = JSON.stringify(rest)
      if (last !== undefined && again === text) {
        if (repeated++ === 0) {
          process.once('exit', settle)
          timer = setTimeout(settle, WAIT_MS).unref()
        }
        last = record
        return true
      }
      settle()
      last = record
      text = again
      return sink.write(record)
    },
    flush() {
      settle()
      return sink.flush()
    },
    lose: () => sink.lose(),
    stats: () => sink.stats(),
  }
}
