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

/** What `levels` says of a category. */
interface Named {
  level: Level | undefined
  /** The library's level for it, and how many levels the library had then. */
  forced?: { readonly level: LibraryLevel; readonly of: number } | undefined
}

/** Category names may come from a request: beyond this many, what is known of them is asked anew. */
const MAX_CATEGORIES = 1_000

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
  const known = new Map<string, Named>()

  const namedOf = (category: string): Named => {
    let named = known.get(category)
    if (named === undefined) {
      if (known.size >= MAX_CATEGORIES) known.clear()
      named = { level: undefined }
      known.set(category, named)
      outlet.child(category).follow(named, (named, level) => {
        named.level = level
        named.forced = undefined
      })
    }
    return named
  }

  wrapMethod(categories, 'getLevelForCategory', (native, self, args) => {
    const own: LibraryLevel = Reflect.apply(native, self, args)
    const named = namedOf(args[0])
    if (named.level === undefined) return own
    const all = appenders(args[0])
    const forced = forcedBy(named, own)
    if (all.every(onTerminal)) return forced
    // What goes elsewhere too may lose no line: on the terminal the outlet hides it. In a cluster's worker no appender
    // is known: the primary prints.
    return forced.level < own.level && all.some(onTerminal) ? forced : own
  })

  wrapMethod(categories, 'appendersForCategory', (native, self, args) => {
    const all: readonly Appender[] = Reflect.apply(native, self, args)
    const [category] = args
    const isRaised =
      sending !== undefined &&
      namedOf(category).level !== undefined &&
      sending.level.level < ownLevel(category).level
    return isRaised ? all.filter(onTerminal) : all
  })
}

function onTerminal(appender: Appender): boolean {
  return printers.get(appender)?.() ?? false
}

/** @param some gives the class, with all of the library's levels in their order */
function forcedBy(named: Named, some: LibraryLevel): LibraryLevel {
  const { levels } = some.constructor as unknown as { readonly levels: readonly LibraryLevel[] }
  if (named.forced?.of !== levels.length) {
    const lowest = levels.find((level) => levelOf(level) >= (named.level as Level))
    named.forced = { level: lowest ?? (levels.at(-1) as LibraryLevel), of: levels.length }
  }
  return named.forced.level
}
