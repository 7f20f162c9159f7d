import { inspect, types } from 'node:util'
import {
  ARRAY,
  apply,
  type Collection,
  entriesOf,
  getPrototypeOf,
  hasOwn,
  isError,
  isProxy,
  keysOf,
  linkText,
  nativeValue,
  OBJECT,
  read,
  setPrototypeOf,
  traitsOf,
  valuesOf,
} from './intrinsics'
import { elapsed } from './natives'
import { ONE_LINE } from './record'
import { REDACTED, type Redactor } from './redact'

export { isError, isProxy } from './intrinsics'

/** Bounds of one snapshot: what lies beyond is named, not walked. */
const LIMITS = {
  depth: 8,
  values: 2_000,
  /** Characters of one text, and of all together. */
  text: 16_384,
  texts: 65_536,
  ms: 50,
}
/** The clock is asked once for so many values. */
const PACE = 8

type Fields = Record<string, unknown>

/** Makes objects that inherit nothing. Those of `Object.create(null)` cost three times as much. */
const Plain = bare as unknown as new () => Fields
function bare(): void {}
bare.prototype = Object.freeze(Object.create(null))

/**
 * Plain data from any value, taken now: only objects and arrays that inherit nothing, strings, finite numbers, booleans
 * and null, so that nothing in it can run, throw or change later. Getters and `toJSON` are called once, no trap of a
 * Proxy ever. What cannot be read is named in its place (`[Threw: …]`), as is what is cut (`[Truncated]`, `[Circular]`).
 *
 * @param redactor hides values by their keys
 * @param above the keys that lead to the value
 */
export function snapshot(value: unknown, redactor?: Redactor, above?: readonly string[]): unknown {
  return new Walk(redactor, above).take(value, 0)
}

/** An error as plain data: `type`, `message`, `stack`, its own properties, `cause` and `errors` included. */
export function snapshotError(error: Error, redactor?: Redactor, above?: readonly string[]): Fields {
  return new Walk(redactor, above).error(error, 0)
}

/** The value itself, or where a snapshot of it is cut, the text of that: what `util.inspect` prints may be endless. */
export function bounded(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || isProxy(value)) return value
  const walk = new Walk(undefined)
  const taken = walk.take(value, 0)
  return walk.isCut ? JSON.stringify(taken) : value
}

class Walk {
  isCut = false
  private values = LIMITS.values
  private characters = LIMITS.texts
  private deadline = 0
  private isSlow = false
  /** The objects that the walk is inside of. */
  private readonly open: object[] = []
  /** The keys that led there, where somebody asks. */
  private readonly keys: string[]

  constructor(
    private readonly redactor: Redactor | undefined,
    above: readonly string[] = [],
  ) {
    this.keys = redactor === undefined ? [] : [...above]
  }

  take(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        return this.text(value)
      case 'number':
        return Number.isFinite(value) ? value : String(value)
      case 'boolean':
        return value
      case 'bigint':
      case 'symbol':
        return this.text(String(value))
      case 'undefined':
        return '[undefined]'
      case 'function':
        return '[Function]'
      default:
        return value === null ? null : this.object(value as object, depth)
    }
  }

  error(error: Error, depth: number): Fields {
    const fields = new Plain()
    fields.type = this.told(() => {
      const name = read(error, 'name')
      return (
        (name === 'Error' && (read(error, 'constructor') as { name?: unknown } | undefined)?.name) || name
      )
    })
    fields.message = this.told(() => read(error, 'message'))
    fields.stack = this.told(() => read(error, 'stack'))
    this.open.push(error)
    this.properties(error, ['code', 'cause', 'errors'], depth, fields, read)
    const others = ownKeys(error).filter((key) => !TOLD.has(key))
    this.properties(error, others, depth, fields)
    this.open.pop()
    return fields
  }

  private object(value: object, depth: number): unknown {
    if (isProxy(value)) return this.proxy(value)
    if (this.open.includes(value)) return '[Circular]'
    if (depth >= LIMITS.depth) {
      this.isCut = true
      return '[Truncated]'
    }
    this.open.push(value)
    const before = this.open.length
    try {
      if (Array.isArray(value)) return this.list(value, depth)
      if (getPrototypeOf(value) !== OBJECT) {
        if (types.isMap(value)) return this.map(entriesOf(value), depth)
        if (types.isSet(value)) return this.set(valuesOf(value), depth)
        const native = nativeValue(value)
        if (native !== undefined) return this.take(native, depth)
        const { isError, isLink, hasToJSON } = traitsOf(value)
        if (isError || types.isNativeError(value)) return this.error(value as Error, depth)
        if (isLink) return this.take(linkText(value), depth)
        const toJSON = hasToJSON && read(value, 'toJSON')
        if (typeof toJSON === 'function') return this.take(apply(toJSON, value, []), depth + 1)
      } else if (hasOwn(value, 'toJSON')) {
        const { toJSON } = value as { toJSON: unknown }
        if (typeof toJSON === 'function') return this.take(apply(toJSON, value, []), depth + 1)
      }
      return this.properties(value, keysOf(value), depth, new Plain())
    } catch (error) {
      return this.threw(error)
    } finally {
      this.open.length = before - 1
    }
  }

  private properties(
    value: object,
    keys: readonly string[],
    depth: number,
    fields: Fields,
    get: (value: object, key: string) => unknown = own,
  ): Fields {
    for (let i = 0; i < keys.length; i++) {
      if (this.isSpent()) {
        fields['…'] = this.more(keys.length - i)
        break
      }
      const key = keys[i] as string
      try {
        if (this.redactor?.hides(key, this.keys)) {
          fields[this.name(key)] = REDACTED
          continue
        }
        const field = get(value, key)
        // Like JSON: a property without a value is no field.
        if (field !== undefined && typeof field !== 'function')
          fields[this.name(key)] = this.below(key, field, depth)
      } catch (error) {
        fields[this.name(key)] = this.threw(error)
      }
    }
    return fields
  }

  private list(values: readonly unknown[], depth: number): unknown[] {
    const list: unknown[] = setPrototypeOf([], null)
    // What stands behind a hole is the prototype's, which may be a Proxy.
    const isUsual = getPrototypeOf(values) === ARRAY
    let before: unknown
    for (let i = 0; i < values.length; i++) {
      if (this.isSpent()) {
        list[i] = this.more(values.length - i)
        break
      }
      try {
        const item = isUsual || hasOwn(values, i) ? values[i] : undefined
        // Headers as Node's `rawHeaders` have them: name, value, name, value.
        const isHidden = typeof before === 'string' && this.redactor?.hides(before, this.keys)
        list[i] = isHidden ? REDACTED : this.take(item, depth + 1)
        before = item
      } catch (error) {
        list[i] = this.threw(error)
      }
    }
    return list
  }

  private set(values: Collection, depth: number): unknown[] {
    const list: unknown[] = setPrototypeOf([], null)
    for (let next = values.next(); !next.done; next = values.next()) {
      const i = list.length
      if (this.isSpent()) {
        list[i] = this.more(values.size - i)
        break
      }
      list[i] = this.take(next.value, depth + 1)
    }
    return list
  }

  private map(entries: Collection, depth: number): Fields {
    const fields = new Plain()
    let i = 0
    for (let next = entries.next(); !next.done; next = entries.next(), i++) {
      if (this.isSpent()) {
        fields['…'] = this.more(entries.size - i)
        break
      }
      const [given, value] = next.value as [unknown, unknown]
      const key = typeof given === 'object' && given !== null ? '[object Object]' : textOf(given)
      const name = this.name(key)
      const isHidden = this.redactor?.hides(key, this.keys)
      fields[hasOwn(fields, name) ? `${name} #${i}` : name] = isHidden
        ? REDACTED
        : this.below(key, value, depth)
    }
    return fields
  }

  /** Only Node can look behind a Proxy without asking it, and only as text. */
  private proxy(value: object): string {
    try {
      return this.text(inspect(value, BEHIND_PROXY))
    } catch (error) {
      return this.threw(error)
    }
  }

  private below(key: string, value: unknown, depth: number): unknown {
    if (this.redactor === undefined) return this.take(value, depth + 1)
    this.keys.push(key)
    const before = this.keys.length
    try {
      return this.take(value, depth + 1)
    } finally {
      this.keys.length = before - 1
    }
  }

  private told(read: () => unknown): string {
    try {
      const value = read()
      return typeof value === 'string' ? this.text(value) : ''
    } catch (error) {
      return this.threw(error)
    }
  }

  private name(key: string): string {
    this.characters -= key.length
    return key.length <= LIMITS.text ? key : cut(key, LIMITS.text)
  }

  private text(value: string): string {
    const room = Math.min(LIMITS.text, Math.max(this.characters, 0))
    this.characters -= value.length
    const { redactor } = this
    if (value.length <= room) return redactor === undefined ? value : redactor.masked(value, this.keys)
    this.isCut = true
    return cut(value, room, redactor && ((text) => redactor.masked(text, this.keys)))
  }

  private threw(error: unknown): string {
    try {
      if (isError(error)) return `[Threw: ${this.text(`${read(error, 'name')}: ${read(error, 'message')}`)}]`
      return typeof error === 'object' || typeof error === 'function'
        ? '[Threw]'
        : `[Threw: ${this.text(String(error))}]`
    } catch {
      return '[Threw]'
    }
  }

  private isSpent(): boolean {
    if (--this.values < 0 || this.characters <= 0) return true
    if (this.values % PACE !== 0) return false
    const time = elapsed()
    if (this.deadline === 0) this.deadline = time + LIMITS.ms
    if (time <= this.deadline) return false
    this.isSlow = true
    this.values = 0
    return true
  }

  private more(count: number): string {
    this.isCut = true
    return `[Truncated: ${count} more${this.isSlow ? `, after ${LIMITS.ms} ms` : ''}]`
  }
}

const BEHIND_PROXY = { ...ONE_LINE, depth: 2, customInspect: false, maxStringLength: 1_000 }

/** Properties of an Error that have places of their own. */
const TOLD = new Set(['type', 'message', 'stack', 'code', 'cause', 'errors'])

function own(value: object, key: string): unknown {
  return (value as Fields)[key]
}

function ownKeys(value: object): string[] {
  try {
    return keysOf(value)
  } catch {
    return []
  }
}

function textOf(key: unknown): string {
  return typeof key === 'function' ? '[Function]' : String(key)
}

function cut(value: string, length: number, masked: (text: string) => string = (text) => text): string {
  // Never between the two halves of a character.
  const end = /[\ud800-\udbff]/.test(value[length - 1] ?? '') ? length - 1 : length
  return `${masked(value.slice(0, end))}… [Truncated: ${value.length - end} more characters]`
}
