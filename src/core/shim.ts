// biome-ignore-all lint/suspicious/noExplicitAny: the functions wrapped here are foreign

import { complainOf, guard } from './guard'
import { look } from './look'
import type { Look } from './record'
import { define, patches } from './undo'

type Fn = (...args: any[]) => any

/** On the logger and the transport that our own records leave by, whichever copy of us made them: hands off. */
export const CORE = Symbol.for('unify-logs.core')

/**
 * Stands around a call: what to do instead of `native.apply(self, args)`, which it may still call.
 *
 * @param below the wrapper itself: the caller's frame is the one below it on the stack
 */
export type Around = (native: Fn, self: any, args: any[], below: Fn) => unknown

/** What is found out of a call before its caller is looked for. */
interface Plan {
  /** The function that the caller called. */
  readonly callee: CallableFunction | undefined
  /** How many frames below it to look at; none where no call site is wanted. */
  readonly reach: number
}

type Planned = (...args: [...Parameters<Around>, planned: Plan, taken: Look | undefined]) => unknown
type PlanOf<P extends Plan> = (self: any, args: any, below: Fn) => P

/**
 * An `around` in two steps with a look for the caller between them, when nothing of the first step is on the stack any
 * more and nothing of the second yet: so near to the caller it costs half.
 */
export function looking<P extends Plan>(
  plan: PlanOf<P>,
  act: (native: Fn, self: any, args: any[], below: Fn, planned: P, taken: Look | undefined) => unknown,
): Around {
  return Object.assign(act as Around, { plan })
}

const natives = new WeakMap<object, Fn>()

/** What the native function has done in the call in progress. */
interface Progress {
  readonly state: 'not called' | 'returned' | 'threw'
  readonly outcome?: unknown
}

const NOT_CALLED: Progress = { state: 'not called' }

/**
 * So many of our functions stand around each other at most; what is called further inside is native. A value that logs
 * itself while it is formatted ends natively at the edge of the stack: where we format it too, that would be twice as
 * often with each step.
 */
const MAX_NESTED = 24
let nested = 0

/**
 * A function around a native one, with its name and length. What else is read of it (a spy's counters, properties of
 * its own) is answered by the native one, its prototype. A function and no Proxy, because `console.trace` cuts its
 * stack at `this.trace`, which a Proxy never is.
 *
 * The host sees what the native function does, even where `around` fails: then the native one's outcome stands, or it
 * is called now.
 */
export function wrapped(native: Fn, around: Around): Fn {
  return wrappedAs(native, around, undefined)
}

/** @param outer the wrapper below which the caller is, where that is another one */
function wrappedAs(native: Fn, around: Around, outer: Fn | undefined): Fn {
  const { plan } = around as { plan?: PlanOf<Plan> }
  let progress = NOT_CALLED
  const watched: Fn = function (this: unknown, ...args: unknown[]): unknown {
    try {
      const outcome = Reflect.apply(native, this, args)
      progress = { state: 'returned', outcome }
      return outcome
    } catch (error) {
      progress = { state: 'threw', outcome: error }
      throw error
    }
  }
  const wrapper: Fn = function (this: unknown, ...args: unknown[]): unknown {
    const target = new.target as Fn | undefined
    if (target !== undefined)
      return constructed(native, around, wrapper, args, target === wrapper ? native : target)
    if (patches.off || nested >= MAX_NESTED) return Reflect.apply(native, this, args)
    const before = progress
    progress = NOT_CALLED
    nested++
    try {
      if (plan === undefined) return around(watched, this, args, below)
      const planned = plan(this, args, below)
      const { callee, reach } = planned
      const taken = callee && look(callee, reach)
      return (around as Planned)(watched, this, args, below, planned, taken)
    } catch (error) {
      return settle(progress, `a wrapper of ${native.name}`, error, native, this, args)
    } finally {
      nested--
      progress = before
    }
  }
  const below = outer ?? wrapper
  dress(wrapper, native)
  natives.set(watched, native)
  return wrapper
}

/** `new bunyan.createLogger()` is common. */
function constructed(native: Fn, around: Around, wrapper: Fn, args: unknown[], target: Fn): unknown {
  const construct: Fn = (...given) => Reflect.construct(native, given, target)
  return wrappedAs(construct, around, wrapper)(...args)
}

/**
 * Calls `native` by way of `around`, once: where `around` fails, what `native` has done stands, or it is called now.
 *
 * @param what names `around` in the complaint
 */
export function through<T>(what: string, native: () => T, around: (native: () => T) => T): T {
  let progress = NOT_CALLED
  try {
    return around(() => {
      try {
        const outcome = native()
        progress = { state: 'returned', outcome }
        return outcome
      } catch (error) {
        progress = { state: 'threw', outcome: error }
        throw error
      }
    })
  } catch (error) {
    return settle(progress, what, error, native, undefined, []) as T
  }
}

/** What the host sees where we failed. */
function settle(
  { state, outcome }: Progress,
  what: string,
  error: unknown,
  native: Fn,
  self: unknown,
  args: unknown[],
): unknown {
  if (state === 'threw') throw outcome
  complainOf(`${what} failed`, error)
  return state === 'returned' ? outcome : Reflect.apply(native, self, args)
}

/** Gives a function of ours the looks of the native one behind it. */
function dress(value: Fn, native: Fn): void {
  if (Object.hasOwn(value, 'prototype')) value.prototype = native.prototype
  for (const key of ['name', 'length']) {
    const looks = { ...Object.getOwnPropertyDescriptor(native, key), value: native[key as 'name'] }
    Object.defineProperty(value, key, looks)
  }
  // Last: from here on V8 has a layout for this function alone.
  Object.setPrototypeOf(value, native)
  natives.set(value, native)
}

/** The native function behind one of ours, or the value itself where it is none of ours. */
export function unwrapped<T>(value: T): T {
  return ((typeof value === 'function' ? natives.get(value) : undefined) as T | undefined) ?? value
}

/**
 * Puts a wrapper in the place of a method, own or inherited, with the flags that the property has.
 *
 * @throws TypeError where `owner[key]` is no function or may not be changed; nothing was changed then
 */
export function wrapMethod(owner: any, key: PropertyKey, around: Around): void {
  const native = owner[key]
  if (typeof native !== 'function') throw new TypeError(`${String(key)} is not a function`)
  const descriptor = descriptorOf(owner, key)
  if (natives.has(native)) return
  put(owner, key, { ...descriptor, value: wrapped(native, around) })
}

/** Who saves a method and puts it back, there or into a like slot, finds the same function. */
const slots = new WeakMap<Around, WeakMap<Fn, Fn>>()

/**
 * Puts a function in the place of a method, with its name, length and flags: for one that is called so often that the
 * watch over the native function costs too much. It must not fail.
 */
export function replaceMethod(owner: any, key: PropertyKey, value: Fn): void {
  const native: Fn = owner[key]
  if (natives.has(native)) return
  const descriptor = descriptorOf(owner, key)
  dress(value, native)
  put(owner, key, { ...descriptor, value })
}

/**
 * Puts a wrapper in the place of a method and keeps it there: a function that the host assigns later takes the native
 * one's place *inside* the wrapper. A value that is no function is handed back as it is.
 *
 * @throws TypeError where `owner[key]` may not be changed; nothing was changed then
 */
export function wrapSlot(owner: any, key: PropertyKey, around: Around): void {
  putSlot(owner, key, around)
  layOut(owner)
}

/** The same for several methods of an object. */
export function wrapSlots(owner: any, arounds: ReadonlyMap<string, Around>): void {
  for (const [key, around] of arounds) putSlot(owner, key, around)
  layOut(owner)
}

function putSlot(owner: any, key: PropertyKey, around: Around): void {
  const before = Object.getOwnPropertyDescriptor(owner, key)
  const flags = before !== undefined && 'value' in before ? before : descriptorOf(owner, key)
  const { configurable = false, enumerable = false } = flags
  const first = unwrapped(owner[key])
  let inner = first
  // Most of console's methods are never asked for.
  let outer: unknown
  const make = (): unknown => {
    const wrap = () => inSlot(inner as Fn, around)
    // The host may put a Proxy there that throws whatever it is asked.
    outer = typeof inner === 'function' ? guard(`wrapping ${String(key)}`, wrap, inner) : inner
    return outer
  }
  const set = (value: unknown): void => {
    inner = unwrapped(value)
    outer = undefined
  }
  put(owner, key, { configurable, enumerable, get: () => outer ?? make(), set }, () =>
    inner === first ? before : { ...flags, value: inner },
  )
}

function inSlot(native: Fn, around: Around): Fn {
  const wrappers = slots.get(around) ?? new WeakMap<Fn, Fn>()
  slots.set(around, wrappers)
  const wrapper = wrappers.get(native) ?? wrapped(native, around)
  wrappers.set(native, wrapper)
  return wrapper
}

const NOTHING = Symbol('nothing')

/**
 * Makes an object's properties quick again. V8 (Node 20 to 26) puts them into a table where an accessor takes the place
 * of a value, and a disabled line then costs several times as much; whose heirs are read from gets a layout anew. Heirs
 * count in code that has run a few times only.
 */
export function layOut(owner: object): void {
  const heir = Object.create(owner)
  for (let i = 0; i < 64; i++) void heir[NOTHING]
}

/** @param back what stands there after `undoAll`, if it is not what stands there now */
function put(
  owner: object,
  key: PropertyKey,
  ours: PropertyDescriptor,
  back?: () => PropertyDescriptor | undefined,
): void {
  if (!define(owner, key, ours, back)) throw new TypeError(`${String(key)} may not be changed`)
}

function descriptorOf(owner: object, key: PropertyKey): PropertyDescriptor {
  for (let o: object | null = owner; o !== null; o = Object.getPrototypeOf(o)) {
    const found = Object.getOwnPropertyDescriptor(o, key)
    if (found === undefined) continue
    if ('value' in found) return found
    return {
      configurable: found.configurable ?? false,
      enumerable: found.enumerable ?? false,
      writable: true,
    }
  }
  return { configurable: true, enumerable: true, writable: true }
}
