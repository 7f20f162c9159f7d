import type { Stamp } from '../../core/record'
import type { Event } from './line'

/** What the call knew of a line that an appender of the program's own may keep, and print in somebody else's context. */
const stamps = new WeakMap<Event, Stamp>()

/** The line that this process's own appenders are getting. */
let sending: { readonly event: Event; readonly stamp: Stamp | undefined } | undefined

/** Keeps the stamp of a line as long as somebody keeps the line. */
export function keep(event: Event, stamp: Stamp): void {
  stamps.set(event, stamp)
}

/** The stamp of a line that has reached an appender. */
export function stampOf(event: Event): Stamp {
  const stamp = sending?.event === event ? sending.stamp : undefined
  return stamp ?? stamps.get(event) ?? { time: event.startTime.getTime(), context: {} }
}

/** The event that this process's own appenders are getting. */
export function eventInProgress(): Event | undefined {
  return sending?.event
}

/** Runs `act`, which gives an event of this process to its category's appenders. */
export function sent<T>(event: Event, stamp: Stamp | undefined, act: () => T): T {
  const outer = sending
  sending = { event, stamp }
  try {
    return act()
  } finally {
    sending = outer
  }
}
