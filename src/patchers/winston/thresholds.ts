import type { Level } from '../../core/levels'
import type { Outlet } from '../../core/patcher'
import { isTerminal } from '../../core/terminal'
import { levelOf, type Ranks } from './levels'

/**
 * Where winston has its thresholds: each transport has one, and the logger's counts where it is none. So `levels`
 * governs the transports that print on the terminal, and all others get what they always got.
 */
export interface Leveled {
  level?: string | undefined
  /** In 3: the first logger that it was added to. */
  readonly parent?: object | null
}

/** Gives what a transport prints a level on: a stream, or `console`. */
export type Target<T> = (transport: T, level: string) => unknown

/**
 * The name of a level that nothing reaches. Every object inherits it, and it is no number: a name that winston finds
 * nowhere is none to it, and the logger's own level counts.
 */
const NOTHING = 'constructor'

/** By the method that prints: an option or a subclass may put its own there, and that prints where it likes. */
const targets = new WeakMap<CallableFunction, Target<never>>()
const known = new WeakMap<Ranks, Map<Level, string>>()
/** The levels that the program gave, of the transports that have another one now. */
const own = new Map<Leveled, string | undefined>()

/** False while `levels` names nothing of winston: then no line is asked for what counts for it. */
let isGoverning = false

export function follow(outlet: Outlet): void {
  outlet.whenNamed(() => {
    isGoverning = true
  })
}

export function governs(): boolean {
  return isGoverning
}

/** @param log the method that prints */
export function printsOn<T>(log: CallableFunction, target: Target<T>): void {
  targets.set(log, target)
}

/** Whether a transport prints by a method that is known. */
export function prints({ log }: { readonly log?: CallableFunction }): boolean {
  return log !== undefined && targets.has(log)
}

/**
 * The level that `levels` puts in the place of a transport's own, for a line of this outlet.
 *
 * @returns undefined where its own stays
 */
export function forcedLevel(
  transport: object,
  { named }: Outlet,
  ranks: Ranks | undefined,
  name: string,
): string | undefined {
  if (named === undefined || ranks === undefined) return undefined
  const { log } = transport as { log?: CallableFunction }
  const target = log && (targets.get(log) as Target<object> | undefined)
  const stream = target?.(transport, name)
  return stream === console || isTerminal(stream) ? nameOf(named, ranks) : undefined
}

/** The library's level that lets pass what is at least as high as ours. */
function nameOf(level: Level, ranks: Ranks): string {
  let names = known.get(ranks)
  if (names === undefined) {
    names = new Map()
    known.set(ranks, names)
  }
  let name = names.get(level)
  if (name === undefined) {
    const passing = Object.keys(ranks).filter((candidate) => levelOf(candidate, ranks) >= level)
    const rank = (candidate: string) => ranks[candidate] ?? 0
    name = passing.toSorted((a, b) => rank(b) - rank(a))[0] ?? NOTHING
    names.set(level, name)
  }
  return name
}

/** Whether a level lets a rank pass. `NOTHING` is found, and a function is made a text before it is compared. */
export function reaches(name: string, rank: number, ranks: Ranks | undefined): boolean {
  return name !== NOTHING && (ranks?.[name] ?? -1) >= rank
}

/** The level that the program gave a transport. */
export function ownLevelOf(transport: Leveled): string | undefined {
  return own.size > 0 && own.has(transport) ? own.get(transport) : transport.level
}

/**
 * Runs `act` while the transport has another level, its own where `name` is undefined: a transport may be in several
 * loggers, and while it prints a line get the next one's.
 */
export function atLevel<T>(transport: Leveled, name: string | undefined, act: () => T): T {
  const isInner = own.has(transport)
  if (!isInner && name === undefined) return act()
  const outer = transport.level
  if (!isInner) own.set(transport, outer)
  const given = name ?? own.get(transport)
  transport.level = given
  try {
    return act()
  } finally {
    if (!isInner) own.delete(transport)
    // What the program sets meanwhile stays.
    if (transport.level === given) transport.level = outer
  }
}

/** The same for all transports of a logger. */
export function atLevels<T, Transport extends Leveled>(
  transports: readonly Transport[],
  forced: (transport: Transport) => string | undefined,
  act: () => T,
): T {
  const nest = (inner: () => T, transport: Transport) => () => atLevel(transport, forced(transport), inner)
  return transports.reduce(nest, act)()
}
