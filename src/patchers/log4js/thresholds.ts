import { guard } from '../../core/guard'
import type { Level } from '../../core/levels'
import type { Outlet, Target } from '../../core/patcher'
import { replaceMethod, wrapMethod } from '../../core/shim'
import { levelOf } from './levels'
import type { Event } from './line'
import { eventInProgress } from './stamps'

type LibraryLevel = Event['level']
type Appender = (event: Event) => void

interface Categories {
  getLevelForCategory(category: string): LibraryLevel
  appendersForCategory(category: string): readonly Appender[]
}

/** What counts for a category, and what it was decided by. */
interface Decision {
  readonly category: string
  readonly level: LibraryLevel
  readonly own: LibraryLevel
  readonly outlet: Outlet
  readonly named: Level | undefined
  readonly configured: number
}

/** A category may come from a request id: beyond so many, decisions are made anew. */
const MANY = 1_000

/** How often log4js was configured: then appenders and the set of levels are others. */
let configured = 0

/** Appenders of ours, and whether what they print on is the terminal now. */
const printers = new WeakMap<Appender, () => boolean>()

export function isPrinter(appender: Appender, asks: () => boolean): void {
  printers.set(appender, asks)
}

/**
 * By the folder of a copy of log4js, the appenders of each category since it was configured. As log4js asks for them: to
 * ask would be one more line of its own `debug`.
 */
const appendersIn = new Map<string, Map<string, readonly Appender[]>>()

/** Whether each appender of a category is known to be ours. */
export function areOurs(category: string, dir: string): boolean {
  return appendersIn.get(dir)?.get(category)?.every(isKnown) ?? false
}

/** What is to be done when a copy of log4js, by its folder, has been configured. */
const acts = new Map<string, (() => void)[]>()

export function onConfigured(dir: string, act: () => void): void {
  acts.set(dir, [...(acts.get(dir) ?? []), act])
}

export function patchConfiguration(configuration: object, { dir }: Target): void {
  wrapMethod(configuration, 'configure', (native, self, args) => {
    try {
      return Reflect.apply(native, self, args)
    } finally {
      configured++
      for (const act of acts.get(dir) ?? []) act()
    }
  })
}

export function patchCategories(categories: Categories, { outlet, dir }: Target): void {
  const { getLevelForCategory: ownLevel, appendersForCategory: ownAppenders } = categories
  const known = new Map<string, readonly Appender[]>()
  appendersIn.set(dir, known)
  onConfigured(dir, () => known.clear())
  wrapMethod(categories, 'appendersForCategory', (native, self, args) => {
    const all: readonly Appender[] = Reflect.apply(native, self, args)
    const [category] = args
    if (known.get(category) !== all) {
      if (known.size >= MANY) known.clear()
      known.set(category, all)
    }
    const event = eventInProgress()
    const isRaised =
      event !== undefined &&
      outlet.child(category).named !== undefined &&
      event.level.level < ownLevel(category).level
    return isRaised ? all.filter(onTerminal) : all
  })
  outlet.whenNamed(() => govern(categories, ownAppenders, outlet))
}

/**
 * Every question for a level ends here, and nothing keeps the answer. So what the program sets stays where log4js keeps
 * it, and `levels` is put before it: decided once, since the question is all that a hidden line costs.
 */
function govern(categories: Categories, appenders: Categories['appendersForCategory'], outlet: Outlet): void {
  const ownLevel = categories.getLevelForCategory
  const decisions = new Map<string, Decision>()
  /** Most questions are for the same category as the one before. */
  let latest: Decision | undefined
  const lowest = lowestFrom()

  function decide(category: string, own: LibraryLevel): LibraryLevel {
    const of = outlet.child(category)
    const { named } = of
    const level = named === undefined ? own : overruled(own, named, appenders(category))
    if (decisions.size >= MANY) decisions.clear()
    latest = { category, level, own, outlet: of, named, configured }
    decisions.set(category, latest)
    return level
  }

  function overruled(own: LibraryLevel, named: Level, all: readonly Appender[]): LibraryLevel {
    const forced = lowest(named, own)
    // What goes elsewhere too may lose no line: on the terminal the outlet hides it. In a cluster's worker no appender
    // is known: the primary prints.
    const reach = forced.level >= own.level ? all.every(isKnown) : all.some(isKnown)
    return reach ? forced : own
  }

  // A plain function: the shim around one costs as much as log4js's own disabled line.
  replaceMethod(categories, 'getLevelForCategory', (category: string) => {
    const own = ownLevel(category)
    const known = latest?.category === category ? latest : decisions.get(category)
    const holds =
      known !== undefined &&
      known.own === own &&
      known.named === known.outlet.named &&
      known.configured === configured
    if (holds) {
      latest = known
      return known.level
    }
    return guard('finding a level of log4js', () => decide(category, own), own)
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
