import { filled, firstError, plain } from '../../core/message'
import type { LogCall } from '../../core/record'
import { isError } from '../../core/snapshot'

/** A line after the serializers, as it becomes JSON. */
export interface Rec {
  readonly name: unknown
  readonly component?: unknown
  readonly level: number
  readonly msg: unknown
  readonly [field: string]: unknown
}

/** Fields that a record has in places of its own. */
const NAMED = new Set(['name', 'component', 'hostname', 'pid', 'level', 'msg', 'time', 'v', 'src'])

/** What bunyan's own serializer made of an Error: a record of bunyan's has no other trace of it. */
const errors = new WeakMap<object, Error>()

export function remember(error: unknown, serialized: object): void {
  if (isError(error) && serialized !== error) errors.set(serialized, error)
}

export function namespaceOf({ name, component }: Rec): string {
  // The fields of a call may have them too, of any type.
  const own = typeof name === 'string' || typeof name === 'number' ? String(name) : ''
  return typeof component === 'string' ? `${own}:${component}` : own
}

export function lineOf(rec: Rec): Pick<LogCall, 'level' | 'msg' | 'data' | 'err'> {
  const fields = Object.entries(rec).filter(([key]) => !NAMED.has(key))
  const found = fields.map(([, value]) => value).find((value) => isError(value) || originOf(value))
  const data = fields.filter(([, value]) => value !== found || found === undefined)
  return {
    level: rec.level,
    msg: plain(String(rec.msg)),
    data: filled(Object.fromEntries(data)),
    err: firstError([found, originOf(found)]),
  }
}

/** The Error of which bunyan prints this object, as far as it prints it. */
function originOf(value: unknown): Error | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const error = errors.get(value)
  const shown = value as {
    readonly [key: string]: unknown
    readonly message?: unknown
    readonly stack?: unknown
  }
  // The program's own serializer has changed it since.
  if (error === undefined || shown.message !== error.message) return undefined
  if (!String(shown.stack).startsWith(String(error.stack))) return undefined
  if (Object.keys(error).every((key) => key in shown)) return error
  // Fields that bunyan leaves out, such as the request of an HTTP client's error, may hold secrets.
  const { stack } = error
  const bare = Object.create(Object.getPrototypeOf(error), {
    message: { value: error.message },
    stack: { value: stack },
  })
  for (const key of ['name', 'code', 'signal']) Object.defineProperty(bare, key, { value: shown[key] })
  return bare
}
