import type { Level } from '../../core/levels'
import type { Outlet, Target } from '../../core/patcher'
import { wrapMethod } from '../../core/shim'
import { levelOf, tagOf } from './line'

/** A reporter, of which only the method that prints is known. */
interface Reporter {
  readonly log: CallableFunction
}

/** An instance of 3, or of 2, whose options are its own properties. */
export interface Instance {
  readonly options?: Options
  level: number
  _level?: number
  readonly _types: Options['types']
  readonly _defaults: Options['defaults']
  readonly _reporters: readonly Reporter[]
  readonly stdout?: unknown
  readonly stderr?: unknown
  readonly _stdout?: unknown
  readonly _stderr?: unknown
}

interface Options {
  readonly level: number
  readonly types: Readonly<Record<string, { readonly level: number }>>
  readonly defaults: { readonly tag?: string }
  readonly reporters: readonly Reporter[]
  readonly stdout?: unknown
  readonly stderr?: unknown
}

/** Whether a built-in reporter, by its method, prints on the terminal alone. */
type Prints = (reporter: Reporter, streams: readonly unknown[]) => boolean

const printers = new WeakMap<CallableFunction, Prints>()
/** The level that the program gave an instance of 2 that may have another one. */
const own = new WeakMap<object, number>()
const lowest = new WeakMap<Options['types'], Map<Level, number>>()
/** In 2 a tag is printed in lower case from 2.8 on. */
const LOWER_CASE = /^2\.([89]|1\d)\./
/** While 2 makes an instance of another one: the new one gets the program's level. */
let isCopying = false

/** @param log the method that prints */
export function printsWith(log: CallableFunction, prints: Prints): void {
  printers.set(log, prints)
}

/** Puts `levels` before the levels of instances, as soon as it says anything of them. */
export function patchLevels(proto: object, target: Target): void {
  target.outlet.whenNamed(() => {
    patchLevel(proto, target)
    patchCreate(proto, target)
  })
}

/** The level accessor of 3, which each log function asks. */
function patchLevel(proto: object, target: Target): void {
  const descriptor = Object.getOwnPropertyDescriptor(proto, 'level')
  if (!target.version.startsWith('3.') || descriptor?.get === undefined) return
  const { get } = descriptor
  Object.defineProperty(proto, 'level', {
    ...descriptor,
    get(this: Instance) {
      return effective(this, Reflect.apply(get, this, []), target)
    },
  })
}

/** An instance that is made of one of 2 takes over its level. */
function patchCreate(proto: object, target: Target): void {
  if (!target.version.startsWith('2.')) return
  wrapMethod(proto, 'create', (native, self, args) => {
    const outer = isCopying
    isCopying = true
    try {
      const instance = Reflect.apply(native, self, args)
      govern(instance, target)
      return instance
    } finally {
      isCopying = outer
    }
  })
}

/**
 * In 2 the level is a property of each instance, which is changed where `levels` names the instance: when it is made and
 * when it logs. To be told of later changes costs more than all that 2 does to make one, and one is made per request.
 */
export function govern(instance: Instance, target: Target): void {
  if (outletOf(instance, target).named === undefined || own.has(instance)) return
  const key = Object.hasOwn(instance, '_level') ? '_level' : 'level'
  own.set(instance, instance[key] as number)
  Object.defineProperty(instance, key, {
    configurable: true,
    enumerable: true,
    get: () => (isCopying ? ownLevel(instance) : effective(instance, ownLevel(instance), target)),
    set: (chosen) => own.set(instance, chosen),
  })
}

/**
 * The reporters that print on the terminal, for a line that only `levels` lets through; undefined where the line is for
 * all of them.
 */
export function raisedReporters(
  instance: Instance,
  level: number,
  target: Target,
): readonly Reporter[] | undefined {
  if (outletOf(instance, target).named === undefined || level <= ownLevel(instance)) return undefined
  return reportersOf(instance).filter((reporter) => isPrinter(reporter, instance))
}

function effective(instance: Instance, level: number, target: Target): number {
  const { named } = outletOf(instance, target)
  if (named === undefined) return level
  const all = reportersOf(instance)
  const ours = all.filter((reporter) => isPrinter(reporter, instance)).length
  if (ours === 0) return level
  const forced = lowestFrom(named, instance.options?.types ?? instance._types)
  // What goes elsewhere too may not lose a line: on the terminal the outlet hides it.
  return ours === all.length ? forced : Math.max(forced, level)
}

/** consola's own level that lets pass what is at least as high as ours; its `silent` where nothing is. */
function lowestFrom(named: Level, types: Options['types']): number {
  const known = lowest.get(types) ?? new Map<Level, number>()
  lowest.set(types, known)
  let found = known.get(named)
  if (found === undefined) {
    const levels = Object.entries(types)
      .filter(([type, { level }]) => levelOf({ type, level }) >= named)
      .map(([, { level }]) => level)
    found = Math.max(Number.NEGATIVE_INFINITY, ...levels)
    known.set(named, found)
  }
  return found
}

function ownLevel(instance: Instance): number {
  return instance.options?.level ?? own.get(instance) ?? instance._level ?? instance.level
}

function outletOf({ options, _defaults }: Instance, { outlet, version }: Target): Outlet {
  const tag = tagOf(options?.defaults ?? _defaults)
  if (tag === undefined) return outlet
  return outlet.child(options === undefined && LOWER_CASE.test(version) ? tag.toLowerCase() : tag)
}

function reportersOf(instance: Instance): readonly Reporter[] {
  return instance.options?.reporters ?? instance._reporters
}

function isPrinter(reporter: Reporter, instance: Instance): boolean {
  const { stdout, stderr } = instance.options ?? {
    stdout: instance.stdout ?? instance._stdout,
    stderr: instance.stderr ?? instance._stderr,
  }
  const prints = printers.get(reporter.log)
  return prints?.(reporter, [stdout ?? process.stdout, stderr ?? process.stderr]) ?? false
}
