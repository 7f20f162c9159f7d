import type { Level } from '../../core/levels'
import type { Outlet, Target } from '../../core/patcher'
import { wrapMethod } from '../../core/shim'
import { define } from '../../core/undo'
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
  readonly throttleMin?: number
}

/** Whether a built-in reporter, by its method, prints on the terminal alone. */
type Prints = (reporter: Reporter, streams: readonly unknown[]) => boolean

/** The level that counts for an instance, and what it was decided by. */
interface Decision {
  readonly instance: Instance
  readonly effective: number
  readonly own: number
  readonly outlet: Outlet
  readonly named: Level | undefined
  readonly reporters: readonly Reporter[]
  readonly prints: readonly CallableFunction[]
  readonly streams: readonly unknown[]
  readonly writes: readonly unknown[]
}

const decisions = new WeakMap<Instance, Decision>()
/** Most questions are for the same instance as the one before. */
let latest: Decision | undefined

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
  define(proto, 'level', {
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
 *
 * @returns whether it is governed: then it stays so
 */
export function govern(instance: Instance, target: Target): boolean {
  if (outletOf(instance, target).named === undefined) return false
  if (own.has(instance)) return true
  const key = Object.hasOwn(instance, '_level') ? '_level' : 'level'
  own.set(instance, instance[key] as number)
  const flags = { configurable: true, enumerable: true }
  const accessor = {
    ...flags,
    get: () => (isCopying ? ownLevel(instance) : effective(instance, ownLevel(instance), target)),
    set: (chosen: number) => own.set(instance, chosen),
  }
  define(instance, key, accessor, () => ({ ...flags, writable: true, value: own.get(instance) }))
  return true
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

/** Decided once, since the question is all that a hidden line costs. */
function effective(instance: Instance, level: number, target: Target): number {
  const known = latest?.instance === instance ? latest : decisions.get(instance)
  const outlet = known?.outlet ?? outletOf(instance, target)
  const { named } = outlet
  if (named === undefined && known !== undefined) return level
  if (known !== undefined && known.own === level && known.named === named && holds(known)) {
    latest = known
    return known.effective
  }
  const reporters = [...reportersOf(instance)]
  const streams = streamsOf(instance)
  latest = {
    ...{ instance, effective: decide(instance, level, named), own: level, outlet, named, reporters, streams },
    prints: reporters.map(({ log }) => log),
    writes: streams.map(writeOf),
  }
  decisions.set(instance, latest)
  return latest.effective
}

/** Whether nothing has changed that a decision was made by. */
function holds({ instance, reporters, prints, streams, writes }: Decision): boolean {
  const all = reportersOf(instance)
  if (all.length !== reporters.length) return false
  for (let i = 0; i < all.length; i++) {
    if (all[i] !== reporters[i] || all[i]?.log !== prints[i]) return false
  }
  const now = streamsOf(instance)
  return (
    now[0] === streams[0] &&
    now[1] === streams[1] &&
    writeOf(now[0]) === writes[0] &&
    writeOf(now[1]) === writes[1]
  )
}

function decide(instance: Instance, level: number, named: Level | undefined): number {
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

export function outletOf({ options, _defaults }: Instance, target: Target): Outlet {
  return outletFor(options?.defaults ?? _defaults, target)
}

/** @param defaults what a line starts from */
export function outletFor(defaults: Options['defaults'], { outlet, version }: Target): Outlet {
  const tag = tagOf(defaults)
  return outlet.child(LOWER_CASE.test(version) ? tag?.toLowerCase() : tag)
}

/** Whether a method that prints is that of a built-in reporter. */
export function isOurs(log: CallableFunction): boolean {
  return printers.has(log)
}

/** Whether a built-in reporter gets the lines of an instance. */
export function hasOurs(instance: Instance): boolean {
  return reportersOf(instance).some(({ log }) => isOurs(log))
}

export function reportersOf(instance: Instance): readonly Reporter[] {
  return instance.options?.reporters ?? instance._reporters
}

function isPrinter(reporter: Reporter, instance: Instance): boolean {
  return printers.get(reporter.log)?.(reporter, streamsOf(instance)) ?? false
}

function streamsOf({ options, stdout, _stdout, stderr, _stderr }: Instance): [unknown, unknown] {
  if (options !== undefined) return [options.stdout ?? process.stdout, options.stderr ?? process.stderr]
  return [stdout ?? _stdout ?? process.stdout, stderr ?? _stderr ?? process.stderr]
}

function writeOf(stream: unknown): unknown {
  return (stream as { write?: unknown } | null)?.write
}
