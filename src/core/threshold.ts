import { guard } from './guard'
import type { Level } from './levels'
import type { Outlet } from './patcher'

/** How a library keeps the threshold of one of its loggers. */
export interface Threshold<T extends object, L> {
  read(logger: T): L
  /** By the library's own setter, so that all that hangs on the level follows. */
  write(logger: T, level: L): void
  /** The library's own level that lets pass what is at least as high as ours; `Infinity` is none, `-Infinity` all. */
  from(level: Level, logger: T): L
}

/** What the program asked for, and what `levels` puts in its place. */
interface Overruled<L> {
  own: L
  forced: L | undefined
}

/** The loggers of one library whose thresholds `levels` may overrule. */
export interface Thresholds<T extends object, L> {
  /** From now on `levels` decides, where it says something of the outlet's lines. Once a logger; later calls do nothing. */
  adopt(logger: T, outlet: Outlet): void
  /** For the library's setter: notes what the program asks for, and returns what the logger gets. */
  chosen(logger: T, level: L): L
}

/** Lets `levels` overrule a library's thresholds, and puts the program's own back when it says nothing any more. */
export function overruling<T extends object, L>({ read, write, from }: Threshold<T, L>): Thresholds<T, L> {
  const known = new WeakMap<T, Overruled<L>>()
  let writing = false

  function apply(logger: T, level: Level | undefined): void {
    const state = known.get(logger)
    if (state === undefined) return
    state.forced = level === undefined ? undefined : from(level, logger)
    writing = true
    try {
      write(logger, state.forced ?? state.own)
    } finally {
      writing = false
    }
  }

  return {
    adopt(logger, outlet) {
      if (outlet.native || known.has(logger)) return
      guard(
        'adopting the level of a logger',
        () => {
          known.set(logger, { own: read(logger), forced: undefined })
          outlet.follow(logger, apply)
        },
        undefined,
      )
    },
    chosen(logger, level) {
      const state = writing ? undefined : known.get(logger)
      if (state === undefined) return level
      state.own = level
      return state.forced ?? level
    },
  }
}
