// biome-ignore-all lint/suspicious/noExplicitAny: the loggers bound here are foreign

import { sep } from 'node:path'
import { types } from 'node:util'
import { guard, isObject } from '../../core/guard'
import { LEVELS, type Level } from '../../core/levels'
import { firstError, message, printed } from '../../core/message'
import type { Outlet } from '../../core/patcher'
import type { LogCall } from '../../core/record'
import { type Around, unwrapped, wrapped } from '../../core/shim'
import { isError } from '../../core/snapshot'
import { claiming } from '../../core/terminal'
import { define, patches } from '../../core/undo'
import { type Borders, chain, dataOf } from './borders'
import { CHILD_MAKERS, LEVEL_NAMES, levels } from './names'
import { isLogger, type Method, methodOf } from './shape'

/** Binds the loggers of one copy of a package, in place. */
export interface Binder {
  /**
   * @param name what the logger was made for: the namespace of one that does not know its own name
   * @returns names of the methods that may not be changed: the object is frozen, sealed or a module
   */
  bind(logger: object, name?: string): readonly string[]
  /** Whether `bind` met the value before. */
  knows(logger: object): boolean
  /** `make`, with each logger that it returns or constructs bound. */
  making<T extends object>(make: T): T
  /** The function that `making` was given, or the value itself. */
  behind(value: object): object
}

/** A method in progress. */
class Call {
  #texts: readonly string[] | undefined

  constructor(readonly args: readonly unknown[]) {}

  /** The text of the arguments, as it stands in a printed one. */
  textIn(output: string): string | undefined {
    if (this.#texts === undefined) {
      // while it formats, a value may log
      this.#texts = []
      this.#texts = textsOf(this.args)
    }
    return this.#texts.find((text) => text !== '' && printed(output, text)) ?? behindFields(this.args, output)
  }
}

/** The data properties in which a logger keeps its name. */
const NAMES = ['name', 'namespace', 'category']

/** @param dir absolute path of the copy's folder */
export function createBinder(outlet: Outlet, dir: string, borders: Borders): Binder {
  const bound = new WeakSet<object>()
  const makings = new WeakMap<object, object>()
  const names = new WeakMap<object, string>()
  /** The outermost first. */
  const calls: Call[] = []

  function bind(logger: object, name?: string): readonly string[] {
    if (name !== undefined) names.set(logger, name)
    if (bound.has(logger)) return []
    bound.add(logger)
    for (const base of chain(logger).slice(1)) {
      if (!borders.isForeign(base) && isLogger(base, '')) bind(base)
    }
    const put = (key: string, is: (native: any) => boolean, make: (native: any) => object): boolean => {
      const method = methodOf(logger, key)
      return method === undefined || is(method.descriptor.value) || replace(logger, key, method, make)
    }
    const line = (key: string): boolean =>
      put(
        key,
        (fn) => unwrapped(fn) !== fn,
        (native) => wrapped(native, around(key, logger)),
      )
    const child = (key: string): boolean => put(key, (fn) => makings.has(fn), making)
    return [...LEVEL_NAMES.filter((key) => !line(key)), ...CHILD_MAKERS.filter((key) => !child(key))]
  }

  function around(key: string, owner: object): Around {
    return (native, self, args, below) => {
      const own = outlet.child(nameOf(self) ?? nameOf(owner))
      const [level, rest] = levelOf(key, args)
      const call = new Call(rest)
      const claim = (output: string): LogCall | undefined => {
        const text = call.textIn(output)
        if (text === undefined && !isOurs(call, output)) return undefined
        return { level, msg: text ?? output, err: firstError(rest), below }
      }
      calls.push(call)
      try {
        return claiming({ outlet: own, call: claim, wrapsLoggers: true }, () =>
          Reflect.apply(native, self, args),
        )
      } finally {
        calls.pop()
      }
    }
  }

  /** Whether a line without the call's own text is this call's: no inner call printed it, and no callback of the user. */
  function isOurs(call: Call, output: string): boolean {
    if (calls.slice(calls.indexOf(call) + 1).some((inner) => inner.textIn(output) !== undefined)) return false
    // infinite, so that the writer is looked for whatever the configuration traces
    const { site } = outlet.stamp(Number.POSITIVE_INFINITY)
    return site === undefined || site.pkg !== undefined || (site.file?.startsWith(dir + sep) ?? false)
  }

  function nameOf(logger: unknown): string | undefined {
    return isObject(logger) ? (nameIn(logger) ?? names.get(logger)) : undefined
  }

  function making<T extends object>(make: T): T {
    const made = (result: unknown, args: unknown[]): void => {
      if (patches.off || !isObject(result) || types.isProxy(result) || borders.isForeign(result)) return
      if (bound.has(result) || isLogger(result, 'logger')) bind(result, givenName(args[0]))
    }
    const tell = (result: unknown, args: unknown[]): void =>
      guard('binding a logger (its lines stay console’s)', () => made(result, args), undefined)
    const proxy: T = new Proxy<any>(make, {
      apply(native, self, args) {
        const result = Reflect.apply(native, self, args)
        // a constructor of old that is called for `this`
        tell(result ?? self, args)
        return result
      },
      construct(native, args, subclass) {
        const result: object = Reflect.construct(native, args, subclass === proxy ? native : subclass)
        tell(result, args)
        return result
      },
    })
    makings.set(proxy, make)
    return proxy
  }

  return { bind, making, knows: (value) => bound.has(value), behind: (value) => makings.get(value) ?? value }
}

function nameIn(value: object): string | undefined {
  // a function's own name is that of its code
  const keys = typeof value === 'function' ? NAMES.slice(1) : NAMES
  const texts = keys.map((key) => dataOf(value, key)).filter((text) => typeof text === 'string')
  return texts.find((text) => text !== '')
}

/** The name that a factory was given: by itself, or among options. A level is none. */
function givenName(argument: unknown): string | undefined {
  const name = isObject(argument) ? nameIn(argument) : argument
  return typeof name === 'string' && !Object.hasOwn(LEVELS, name.toLowerCase()) ? name : undefined
}

/** What a logger may make of its arguments: formatted by the first of them, or one by one. */
function textsOf(args: readonly unknown[]): readonly string[] {
  return [message(args), args.map((arg) => message([arg])).join(' ')]
}

/** The text behind an object of fields, where nothing else is printed behind it. */
function behindFields([fields, ...rest]: readonly unknown[], output: string): string | undefined {
  if (!isObject(fields) || Array.isArray(fields) || isError(fields) || typeof rest[0] !== 'string')
    return undefined
  const text = message(rest)
  return text !== '' && output.endsWith(text) ? text : undefined
}

/** `log('warn', text)` names its level; any other method is named after it. */
function levelOf(key: string, args: any[]): [level: Level, rest: any[]] {
  const [first, ...rest] = args
  const named = key === 'log' && rest.length > 0 && typeof first === 'string' ? first.toLowerCase() : ''
  return Object.hasOwn(levels, named) ? [levels[named] as Level, rest] : [levels[key] as Level, args]
}

/**
 * Puts a function in the place of a method. An inherited one stays, and the logger gets its own, unseen by whoever
 * lists its properties.
 *
 * @returns false where the object may not be changed
 */
function replace(
  owner: object,
  key: string,
  { holder, descriptor }: Method,
  make: (native: any) => object,
): boolean {
  const flags = holder === owner ? descriptor : { writable: true, configurable: true, enumerable: false }
  return define(owner, key, { ...flags, value: make(descriptor.value) })
}
