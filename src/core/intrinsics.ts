import { types } from 'node:util'

/**
 * What the walk over a program's values calls, as it was before any code of the program ran: that may change what is
 * built in, put properties on `Object.prototype`, or hand us an object that only looks like a built-in one.
 */
export const { apply } = Reflect
export const { getPrototypeOf, setPrototypeOf, getOwnPropertyDescriptor, hasOwn, keys: keysOf } = Object
export const { isProxy } = types
export const OBJECT = Object.prototype
export const ARRAY = Array.prototype

const ERROR = Error.prototype
const BUFFER = Buffer.prototype
const LINK = URL.prototype
const typedArray = getPrototypeOf(Uint8Array.prototype) as object

// biome-ignore lint/complexity/noBannedTypes: methods of any built-in object
type Native = Function

const getter = (owner: object, key: PropertyKey) => getOwnPropertyDescriptor(owner, key)?.get as Native
const [href, nameOfView] = [getter(LINK, 'href'), getter(typedArray, Symbol.toStringTag)]
const [mapSize, setSize] = [getter(Map.prototype, 'size'), getter(Set.prototype, 'size')]
const sizes = [typedArray, DataView.prototype, ArrayBuffer.prototype, SharedArrayBuffer.prototype].map(
  (owner) => getter(owner, 'byteLength'),
)
const { getTime, toISOString } = Date.prototype
const { toString: source } = RegExp.prototype
const { entries } = Map.prototype
const { values } = Set.prototype
const nextEntry = getPrototypeOf(new Map().entries()).next as Native
const nextValue = getPrototypeOf(new Set().values()).next as Native
const boxes: readonly (readonly [is: (value: unknown) => boolean, valueOf: Native])[] = [
  [types.isStringObject, String.prototype.valueOf],
  [types.isNumberObject, Number.prototype.valueOf],
  [types.isBooleanObject, Boolean.prototype.valueOf],
  [types.isBigIntObject, BigInt.prototype.valueOf],
  [types.isSymbolObject, Symbol.prototype.valueOf],
]

/** Whether a value is an Error of any realm. No trap of a Proxy is asked, so a Proxy is none. */
export function isError(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null || isProxy(value)) return false
  const prototype = getPrototypeOf(value)
  // Most are plain, and each argument of each line is asked.
  return prototype !== OBJECT && (types.isNativeError(value) || traitsOf(value).isError)
}

/** What the prototypes of an object say of it. */
export interface Traits {
  isError: boolean
  isLink: boolean
  hasToJSON: boolean
}

/** @param value no Proxy; what stands behind one among its prototypes does not count, nor does `Object.prototype` */
export function traitsOf(value: object): Traits {
  const traits = { isError: false, isLink: false, hasToJSON: hasOwn(value, 'toJSON') }
  for (let each = getPrototypeOf(value); each !== null && each !== OBJECT; each = getPrototypeOf(each)) {
    if (isProxy(each)) break
    if (each === ERROR) traits.isError = true
    else if (each === LINK) traits.isLink = true
    traits.hasToJSON ||= hasOwn(each, 'toJSON')
  }
  return traits
}

/**
 * A property, own or inherited, but for what stands on `Object.prototype` or behind a Proxy.
 *
 * @throws what its getter throws
 */
export function read(value: object, key: string): unknown {
  for (
    let each: object | null = value;
    each !== null && each !== OBJECT && !isProxy(each);
    each = getPrototypeOf(each)
  ) {
    const found = getOwnPropertyDescriptor(each, key)
    if (found !== undefined)
      return hasOwn(found, 'value') ? found.value : found.get && apply(found.get, value, [])
  }
  return undefined
}

/**
 * What stands for an object of a built-in kind in plain data: text, or the primitive that it wraps.
 *
 * @returns undefined for any other object
 */
export function nativeValue(value: object): unknown {
  if (types.isDate(value))
    return Number.isNaN(apply(getTime, value, [])) ? 'Invalid Date' : apply(toISOString, value, [])
  if (types.isRegExp(value)) return apply(source, value, [])
  if (ArrayBuffer.isView(value)) {
    if (types.isDataView(value)) return bytes('DataView', value, 1)
    return bytes(getPrototypeOf(value) === BUFFER ? 'Buffer' : apply(nameOfView, value, []), value, 0)
  }
  if (types.isArrayBuffer(value)) return bytes('ArrayBuffer', value, 2)
  if (types.isSharedArrayBuffer(value)) return bytes('SharedArrayBuffer', value, 3)
  if (types.isBoxedPrimitive(value)) {
    const box = boxes.find(([is]) => is(value))
    return box && apply(box[1], value, [])
  }
  return undefined
}

/** @throws TypeError for an object that only has the prototype of a URL */
export function linkText(url: object): unknown {
  return apply(href, url, [])
}

function bytes(name: string, value: object, kind: number): string {
  return `[${name} ${apply(sizes[kind] as Native, value, [])} bytes]`
}

/** The entries of a Map, or the values of a Set, one at each call of `next`. */
export interface Collection {
  readonly size: number
  next(): IteratorResult<unknown>
}

export function entriesOf(map: object): Collection {
  const iterator = apply(entries, map, [])
  return { size: apply(mapSize, map, []), next: () => apply(nextEntry, iterator, []) }
}

export function valuesOf(set: object): Collection {
  const iterator = apply(values, set, [])
  return { size: apply(setSize, set, []), next: () => apply(nextValue, iterator, []) }
}
