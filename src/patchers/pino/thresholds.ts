import { Crowd, Followers } from '../../core/followers'
import type { Level } from '../../core/levels'
import type { Outlet, Target } from '../../core/patcher'
import { CORE, wrapMethod } from '../../core/shim'
import { type Logger, nameOf, type Symbols } from './line'
import { reachOf, untapped } from './streams'

/** A logger whose level is the one that `levels` asks for. */
interface Overruled {
  /** The level that the program asked for, by name. */
  own: string
  /** The one that `levels` asks for; undefined where it asks it of the parent alone. */
  readonly level: Level | undefined
}

const overruled = new WeakMap<Logger, Overruled>()

/**
 * The level from which on a line is the program's own wish, where `levels` has put another one in its place: a line
 * below it is for the terminal alone.
 */
export function ownLevelOf(logger: Logger, { levelValSym }: Symbols): Level | undefined {
  const holder = holderOf(logger, levelValSym)
  const state = holder && overruled.get(holder)
  return state && logger.levels.values[state.own]
}

/** The logger itself, or the parent whose level it has: from version 9.12 on, a child may have none of its own. */
function holderOf(logger: Logger, levelValSym: symbol): Logger | undefined {
  for (let one = logger; one !== null; one = Object.getPrototypeOf(one)) {
    if (Object.hasOwn(one, levelValSym)) return one
  }
  return undefined
}

export function patchLevels(prototype: Logger, symbols: Symbols, { outlet }: Target): void {
  const { setLevelSym, getLevelSym, levelValSym, streamSym, chindingsSym } = symbols
  const setLevel: CallableFunction = prototype[setLevelSym]
  /** True for a logger that may print on the terminal, by its stream: never for our own one. */
  const printing = new WeakMap<object, boolean>()
  /** A parent while its child is made, and the level that the program asked for. */
  let parenting: { readonly parent: Logger; readonly own: string } | undefined

  /** Children without a level of their own, whose names differ from their parents'. */
  const heirs = new WeakSet<Logger>()
  let changes = 0
  const generation = new Followers(new Crowd(), () => changes)
  const changed = (): void => {
    changes++
    generation.update()
  }

  const levelOf = (logger: Logger): string => logger.levels.labels[logger[levelValSym]]
  const set = (logger: Logger, level: string): void => {
    if (!Object.hasOwn(logger, levelValSym) || levelOf(logger) !== level)
      Reflect.apply(setLevel, logger, [level])
  }

  wrapMethod(prototype, setLevelSym, (native, logger: Logger, args) => {
    const own = nameOfLevel(logger, args[0])
    const isHeir = own !== undefined && heirs.delete(logger)
    if (isHeir) overruled.delete(logger)
    const isFirst = isHeir || !Object.hasOwn(logger, levelValSym)
    const state = overruled.get(logger)
    if (state === undefined || own === undefined) {
      Reflect.apply(native, logger, args)
      if (isFirst && prints(logger)) ownerOf(logger).follow(logger, apply)
      return
    }
    state.own = own
    Reflect.apply(native, logger, [effective(logger, state)])
    changed()
  })

  wrapMethod(prototype, getLevelSym, (native, logger: Logger, args) =>
    parenting?.parent === logger ? parenting.own : Reflect.apply(native, logger, args),
  )

  wrapMethod(prototype, 'child', (native, parent: Logger, args) => {
    const holder = holderOf(parent, levelValSym)
    const state = holder && overruled.get(holder)
    const outer = parenting
    parenting = state && { parent, own: state.own }
    try {
      const child: Logger = Reflect.apply(native, parent, args)
      if (!Object.hasOwn(child, levelValSym) && renamed(child) && prints(child)) inherit(child)
      return child
    } finally {
      parenting = outer
    }
  })

  function prints(logger: Logger): boolean {
    const stream = untapped(logger[streamSym])
    const known = printing.get(stream)
    if (known !== undefined) return known && !logger[CORE]
    printing.set(stream, reachOf(stream) !== 'none')
    return prints(logger)
  }

  /** Whether the logger has a name that its parent has not. */
  function named(logger: Logger): boolean {
    const above: unknown = Object.getPrototypeOf(logger)[chindingsSym]
    const text: string = logger[chindingsSym]
    if (typeof above !== 'string' || !text.startsWith(above)) return true
    return text.includes('"name":', above.length)
  }

  function renamed(child: Logger): boolean {
    return named(child) && nameOf(child, symbols) !== nameOf(Object.getPrototypeOf(child), symbols)
  }

  function ownerOf(logger: Logger): Outlet {
    let one = logger
    // Of a child for each request, nothing is parsed.
    while (!named(one)) one = Object.getPrototypeOf(one)
    return outlet.child(nameOf(one, symbols))
  }

  function apply(logger: Logger, level: Level | undefined): void {
    overrule(logger, overruled.get(logger)?.own ?? levelOf(logger), level)
    changed()
  }

  function overrule(logger: Logger, own: string, level: Level | undefined): void {
    const state = { own, level }
    if (level === undefined) overruled.delete(logger)
    else overruled.set(logger, state)
    set(logger, effective(logger, state))
  }

  /** Such a child has its parent's level: what the program asked for, not what `levels` made of it. */
  function inherit(child: Logger): void {
    const own = ownerOf(child)
    heirs.add(child)
    const refresh = (child: Logger): void => {
      if (!heirs.has(child)) return
      const holder = holderOf(Object.getPrototypeOf(child), levelValSym) as Logger
      const above = overruled.get(holder)
      if (own.named !== undefined || above !== undefined) {
        overrule(child, above?.own ?? levelOf(holder), own.named)
      } else if (Object.hasOwn(child, levelValSym)) {
        overruled.delete(child)
        for (const key of [levelValSym, ...Object.keys(child.levels.values)]) delete child[key]
      }
    }
    generation.add(child, refresh)
    own.follow(child, refresh)
  }

  function effective(logger: Logger, { own, level }: Overruled): string {
    const { values }: { values: Record<string, Level> } = logger.levels
    const reach = reachOf(untapped(logger[streamSym]))
    // Some compare their levels in another way.
    const compare = symbols.levelCompSym && logger[symbols.levelCompSym]
    if (level === undefined || reach === 'none' || (compare && !(compare(2, 1) && !compare(1, 2)))) return own
    const forced = lowest(values, level)
    // What goes elsewhere too may lose no line: on the terminal the outlet hides it.
    const isHigher = (values[forced] as Level) > (values[own] as Level)
    return reach === 'some' && isHigher ? own : forced
  }
}

function nameOfLevel({ levels: { labels, values } }: Logger, level: unknown): string | undefined {
  const name = typeof level === 'number' ? labels[level] : level
  return values[name] === undefined ? undefined : name
}

function lowest(values: Readonly<Record<string, Level>>, level: Level): string {
  const [found] = Object.entries(values)
    .filter(([, value]) => value >= level)
    .sort(([, a], [, b]) => a - b)
  return found?.[0] ?? 'silent'
}
