import type { Level } from '../../core/levels'
import type { Target } from '../../core/patcher'
import { unwrapped, wrapMethod } from '../../core/shim'
import { levelOf } from './levels'
import type { Event } from './line'

type LibraryLevel = Event['level']
type Appender = (event: Event) => void

interface Categories {
  getLevelForCategory(category: string): LibraryLevel
  appendersForCategory(category: string): readonly Appender[]
}

/** Appenders of ours, and whether what they print on is the terminal now. */
const printers = new WeakMap<Appender, () => boolean>()

/** The event that this process's own appenders are getting. */
let sending: Event | undefined

export function isPrinter(appender: Appender, asks: () => boolean): void {
  printers.set(appender, asks)
}

/** Runs `act`, which gives an event of this process to its category's appenders. */
export function sent<T>(event: Event, act: () => T): T {
  const outer = sending
  sending = event
  try {
    return act()
  } finally {
    sending = outer
  }
}

/**
 * Every question for a level ends here, and nothing keeps the answer. So what the program sets stays where log4js keeps
 * it, and `levels` is put before it.
 */
export function patchCategories(categories: Categories, { outlet }: Target): void {
  const ownLevel = unwrapped(categories.getLevelForCategory)
  const appenders = unwrapped(categories.appendersForCategory)
  const lowest = lowestFrom()

  wrapMethod(categories, 'getLevelForCategory', (native, self, args) => {
    const own: LibraryLevel = Reflect.apply(native, self, args)
    const { named } = outlet.child(args[0])
    if (named === undefined) return own
    const all = appenders(args[0])
    const forced = lowest(named, own)
    // What goes elsewhere too may lose no line: on the terminal the outlet hides it. In a cluster's worker no appender
    // is known: the primary prints.
    if (forced.level >= own.level) return all.every(isKnown) ? forced : own
    return all.some(onTerminal) ? forced : own
  })

  wrapMethod(categories, 'appendersForCategory', (native, self, args) => {
    const all: readonly Appender[] = Reflect.apply(native, self, args)
    const [category] = args
    const isRaised =
      sending !== undefined &&
      outlet.child(category).named !== undefined &&
      sending.level.level < ownLevel(category).level
    return isRaised ? all.filter(onTerminal) : all
  })
}

/** Whether what an appender prints on is the terminal, unless the program has put something else in its place. */
function isKnown(appender: Appender): boolean {
  return printers.has(appender)
}

function onTerminal(appender: Appender): boolean {
  return printers.get(appender)?.() ?? false
}

/** Finds the library's lowest level that is not below one of ours; `some` gives the class, with all levels in their order. */
function lowestFrom(): (level: Level, some: LibraryLevel) => LibraryLevel {
  const found = new Map<Level, LibraryLevel>()
  let known = 0
  return (level, some) => {
    const { levels } = some.constructor as unknown as { readonly levels: readonly LibraryLevel[] }
    // configure() may add to them.
    if (known !== levels.length) found.clear()
    known = levels.length
    const lowest =
      found.get(level) ??
      levels.find((candidate) => levelOf(candidate) >= level) ??
      (levels.at(-1) as LibraryLevel)
    found.set(level, lowest)
    return lowest
  }
}
