import { guard } from '../../core/guard'
import type { Level } from '../../core/levels'
import type { Outlet, Target } from '../../core/patcher'
import { CORE, replaceMethod, wrapMethod } from '../../core/shim'
import { boundOf, type Logger, type Symbols } from './line'
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
  let parenting: { readonly parent: Logger; readonly own: string | undefined } | undefined
  /** The outlets of roots, and of children with names of their own. */
  const owners = new WeakMap<Logger, Outlet>()
  /** True once `levels` has put a level in the place of the program's. */
  let isOverruling = false

  /** Children without a level of their own, whose names differ from their parents'. */
  const heirs = new WeakSet<Logger>()
  const heirRefs = new Set<WeakRef<Logger>>()
  const changed = (): void => {
    for (const ref of heirRefs) {
      const heir = ref.deref()
      if (heir !== undefined && heirs.has(heir)) refresh(heir)
      else heirRefs.delete(ref)
    }
  }

  const levelOf = (logger: Logger): string => logger.levels.labels[logger[levelValSym]]
  const set = (logger: Logger, level: string): void => {
    if (!Object.hasOwn(logger, levelValSym) || levelOf(logger) !== level)
      Reflect.apply(setLevel, logger, [level])
  }

  // Each child that is made for a request comes by here: these two do without the shim's watch over the native function.
  replaceMethod(prototype, setLevelSym, function (this: Logger, ...args: unknown[]): void {
    const isPlain = !isOverruling && (parenting !== undefined || Object.hasOwn(this, levelValSym))
    if (isPlain) Reflect.apply(setLevel, this, args)
    else choose(this, args)
  })

  const makeChild: CallableFunction = prototype.child
  replaceMethod(prototype, 'child', function (this: Logger, ...args: unknown[]): Logger {
    const outer = parenting
    const holder = isOverruling ? holderOf(this, levelValSym) : undefined
    parenting = { parent: this, own: holder && overruled.get(holder)?.own }
    try {
      const child: Logger = Reflect.apply(makeChild, this, args)
      if (prints(child)) guard('following a child of pino', () => adoptChild(child, args), undefined)
      return child
    } finally {
      parenting = outer
    }
  })

  function choose(logger: Logger, args: unknown[]): void {
    const own = nameOfLevel(logger, args[0])
    const isHeir = own !== undefined && heirs.delete(logger)
    if (isHeir) overruled.delete(logger)
    const isFirst = isHeir || !Object.hasOwn(logger, levelValSym)
    const state = overruled.get(logger)
    if (state === undefined || own === undefined) {
      Reflect.apply(setLevel, logger, args)
      // What is a child is adopted when it is made.
      if (isFirst && parenting === undefined && prints(logger))
        guard('following a logger of pino', () => ownerOf(logger).follow(logger, apply), undefined)
      return
    }
    state.own = own
    Reflect.apply(setLevel, logger, [guard('finding a level of pino', () => effective(logger, state), own)])
    changed()
  }

  // biome-ignore lint/suspicious/noExplicitAny: the program's own arguments
  function adoptChild(child: Logger, [bindings, options]: any[]): void {
    const own = Object.hasOwn(child, levelValSym)
    const mayBeNamed = Object.hasOwn(bindings, 'name') || options?.formatters !== undefined
    const parent: Logger = Object.getPrototypeOf(child)
    const isRenamed = mayBeNamed && boundOf(child, symbols).name !== boundOf(parent, symbols).name
    if (isRenamed) owners.set(child, outlet.child(boundOf(child, symbols).name))
    if (own) ownerOf(child).follow(child, apply)
    else if (isRenamed) inherit(child)
  }

  function prints(logger: Logger): boolean {
    const stream = untapped(logger[streamSym])
    const known = printing.get(stream)
    if (known !== undefined) return known && !logger[CORE]
    const learn = (): boolean => {
      const reaches = reachOf(stream) !== 'none'
      printing.set(stream, reaches)
      return reaches && !logger[CORE]
    }
    return guard('asking a stream of pino', learn, false)
  }

  /** Of a child for each request, nothing is parsed: it has its parent's name. */
  function ownerOf(logger: Logger): Outlet {
    for (let one = logger; typeof one[chindingsSym] === 'string'; one = Object.getPrototypeOf(one)) {
      const known = owners.get(one)
      if (known !== undefined) return known
    }
    const made = outlet.child(boundOf(logger, symbols).name)
    owners.set(logger, made)
    return made
  }

  function apply(logger: Logger, level: Level | undefined): void {
    overrule(logger, overruled.get(logger)?.own ?? levelOf(logger), level)
    changed()
  }

  function overrule(logger: Logger, own: string, level: Level | undefined): void {
    if (!isOverruling) {
      isOverruling = true
      wrapMethod(prototype, getLevelSym, (native, logger: Logger, args) =>
        parenting?.own !== undefined && parenting.parent === logger
          ? parenting.own
          : Reflect.apply(native, logger, args),
      )
    }
    const state = { own, level }
    if (level === undefined) overruled.delete(logger)
    else overruled.set(logger, state)
    set(logger, effective(logger, state))
  }

  /** Such a child has its parent's level: what the program asked for, not what `levels` made of it. */
  function inherit(child: Logger): void {
    heirs.add(child)
    heirRefs.add(new WeakRef(child))
    // Of those for each request, most are no more.
    if (heirRefs.size % 1_000 === 0) changed()
    else refresh(child)
    ownerOf(child).follow(child, refresh)
  }

  function refresh(child: Logger): void {
    if (!heirs.has(child)) return
    const holder = holderOf(Object.getPrototypeOf(child), levelValSym) as Logger
    const above = overruled.get(holder)
    const { named } = ownerOf(child)
    if (named !== undefined || above !== undefined) {
      overrule(child, above?.own ?? levelOf(holder), named)
    } else if (Object.hasOwn(child, levelValSym)) {
      overruled.delete(child)
      for (const key of [levelValSym, ...Object.keys(child.levels.values)]) delete child[key]
    }
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
