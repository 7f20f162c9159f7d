import { chain, dataOf, propertyOf } from './borders'
import { FOREIGN_VERBS, LEVEL_NAMES, namesLogger } from './names'

// biome-ignore lint/suspicious/noExplicitAny: the methods are foreign
type Fn = (...args: any[]) => unknown

/** A method as a value has it, own or inherited. */
export interface Method {
  readonly holder: object
  readonly descriptor: PropertyDescriptor & { readonly value: Fn }
}

/** The method of that name; none where the property is a getter, a class or no function. */
export function methodOf(value: object, name: string): Method | undefined {
  for (const holder of chain(value)) {
    const descriptor = propertyOf(holder, name)
    if (descriptor === undefined) continue
    const { value: found } = descriptor
    if (typeof found !== 'function' || isConstructor(found)) return undefined
    return { holder, descriptor: { ...descriptor, value: found } }
  }
  return undefined
}

/**
 * Whether a value looks like a logger: it has `warn`, one of `error`, `info`, `debug`, and three methods named after
 * levels in all, without being better known for something else.
 *
 * @param name under which it was found
 */
export function isLogger(value: object, name: string): boolean {
  const has = (method: string): boolean => methodOf(value, method) !== undefined
  if (!(has('warn') || has('warning')) || !['error', 'info', 'debug'].some(has)) return false
  const found = LEVEL_NAMES.filter(has).length
  const hint = namesLogger(name) || namesLogger(constructorName(value)) ? 1.5 : 0
  return found >= 3 && found + hint - FOREIGN_VERBS.filter(has).length >= 3
}

/** A class, or a function that has put methods on its prototype. */
export function isConstructor(value: object): boolean {
  const prototype = propertyOf(value, 'prototype')
  if (prototype === undefined) return false
  return prototype.writable === false || Reflect.ownKeys(Object(prototype.value)).length > 1
}

/** Assigns `warn`, or a method by computed name. */
const MADE_METHOD = /\bwarn(?:ing)?\s*=(?![=>])|\[[\w.]+\]\s*=(?![=>])/

/** Whether the instances of a class get methods from its constructor, or from that of a class it extends. */
export function makesMethods(value: object): boolean {
  return chain(value).some((fn) => typeof fn === 'function' && MADE_METHOD.test(sourceOf(fn)))
}

/** Whether a static method could ask for a static private member of `this`, which a Proxy has not. */
export function hasStaticPrivates(value: object): boolean {
  return /\bstatic\s+(?:(?:async|get|set)\s+)?\*?\s*#/.test(sourceOf(value))
}

function sourceOf(fn: object): string {
  return Function.prototype.toString.call(fn)
}

function constructorName(value: object): string {
  for (const object of chain(value)) {
    const made = dataOf(object, 'constructor')
    if (typeof made === 'function') return nameOf(made)
  }
  return ''
}

/** A function's own name. */
export function nameOf(fn: object): string {
  const name = dataOf(fn, 'name')
  return typeof name === 'string' ? name : ''
}
