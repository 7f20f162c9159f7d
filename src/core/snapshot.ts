import { types } from 'node:util'

/** Bounds of one snapshot: what lies beyond is named, not walked. */
const LIMITS = { depth: 8, nodes: 2_000, text: 16_384 }

interface Budget {
  nodes: number
  readonly open: Set<object>
}

/**
 * Plain data from any value, taken now: only null-prototype objects, arrays, strings, finite numbers, booleans and
 * null, so that nothing in it can run, throw or change later. What cannot be read is named in its place
 * (`[Threw: …]`), as is what is cut (`[Truncated]`, `[Circular]`).
 */
export function snapshot(value: unknown): unknown {
  return take(value, { nodes: LIMITS.nodes, open: new Set() }, 0)
}

/** An error as plain data: `type`, `message`, `stack`, its own properties, `cause` and `errors` included. */
export function snapshotError(error: unknown): Record<string, unknown> {
  return takeError(error as Error, { nodes: LIMITS.nodes, open: new Set() }, 0)
}

/** Whether a value is an Error of any realm. A revoked Proxy is none. */
export function isError(value: unknown): value is Error {
  try {
    return types.isNativeError(value) || value instanceof Error
  } catch {
    return false
  }
}

function take(value: unknown, budget: Budget, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return cut(value)
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'boolean':
      return value
    case 'bigint':
    case 'symbol':
      return String(value)
    case 'undefined':
      return '[undefined]'
    case 'function':
      return '[Function]'
    default:
      return value === null ? null : takeObject(value as object, budget, depth)
  }
}

function takeObject(value: object, budget: Budget, depth: number): unknown {
  if (budget.open.has(value)) return '[Circular]'
  if (depth >= LIMITS.depth || budget.nodes-- <= 0) return '[Truncated]'
  budget.open.add(value)
  try {
    if (isError(value)) return takeError(value, budget, depth)
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
    if (value instanceof RegExp || value instanceof URL) return String(value)
    if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value))
      return `[${value.constructor.name} ${value.byteLength} bytes]`
    if (Array.isArray(value)) return takeList(value, value.length, budget, depth)
    if (types.isSet(value)) return takeList(value, value.size, budget, depth)
    if (types.isMap(value)) return takeEntries(value, budget, depth)
    const { toJSON } = value as { toJSON?: unknown }
    if (typeof toJSON === 'function') return take(toJSON.call(value), budget, depth + 1)
    return takeProperties(value, Object.keys(value), budget, depth)
  } catch (error) {
    return threw(error)
  } finally {
    budget.open.delete(value)
  }
}

function takeList(values: Iterable<unknown>, length: number, budget: Budget, depth: number): unknown[] {
  const list: unknown[] = []
  for (const value of values) {
    if (budget.nodes-- <= 0) {
      list.push(truncated(length - list.length))
      break
    }
    list.push(take(value, budget, depth + 1))
  }
  return list
}

function takeEntries(
  map: ReadonlyMap<unknown, unknown>,
  budget: Budget,
  depth: number,
): Record<string, unknown> {
  const fields: Record<string, unknown> = Object.create(null)
  let more = map.size
  for (const [key, value] of map) {
    if (budget.nodes-- <= 0) {
      fields['…'] = truncated(more)
      break
    }
    more--
    fields[cut(String(key))] = take(value, budget, depth + 1)
  }
  return fields
}

function takeProperties(
  value: object,
  keys: readonly string[],
  budget: Budget,
  depth: number,
): Record<string, unknown> {
  const fields: Record<string, unknown> = Object.create(null)
  let more = keys.length
  for (const key of keys) {
    if (budget.nodes-- <= 0) {
      fields['…'] = truncated(more)
      break
    }
    more--
    try {
      const field = (value as Record<string, unknown>)[key]
      // Like JSON: a property without a value is no field.
      if (field !== undefined && typeof field !== 'function')
        fields[cut(key)] = take(field, budget, depth + 1)
    } catch (error) {
      fields[cut(key)] = threw(error)
    }
  }
  return fields
}

function takeError(error: Error, budget: Budget, depth: number): Record<string, unknown> {
  budget.open.add(error)
  const own = ownNames(error).filter((key) => !(key in ERROR_KEYS))
  const fields = takeProperties(error, own, budget, depth)
  const found: Record<string, unknown> = Object.create(null)
  found.type = text(() => (error.name === 'Error' && error.constructor?.name) || error.name)
  found.message = text(() => error.message)
  found.stack = text(() => error.stack)
  const nested = takeProperties(error, ['code', 'cause', 'errors'], budget, depth)
  return Object.assign(found, nested, fields)
}

const ERROR_KEYS = { type: 0, message: 0, stack: 0, code: 0, cause: 0, errors: 0, __proto__: null }

function ownNames(value: object): string[] {
  try {
    return Object.keys(value)
  } catch {
    return []
  }
}

function text(read: () => unknown): string {
  try {
    const value = read()
    return typeof value === 'string' ? cut(value) : ''
  } catch (error) {
    return threw(error)
  }
}

function truncated(more: number): string {
  return `[Truncated: ${more} more]`
}

function cut(value: string): string {
  if (value.length <= LIMITS.text) return value
  return `${value.slice(0, LIMITS.text)}… [Truncated: ${value.length - LIMITS.text} more characters]`
}

function threw(error: unknown): string {
  try {
    return `[Threw: ${cut(String(error))}]`
  } catch {
    return '[Threw]'
  }
}
