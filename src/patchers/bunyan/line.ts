import { types } from 'node:util'
import { LEVELS } from '../../core/levels'
import { filled, plain } from '../../core/message'
import type { LogCall } from '../../core/record'
import { isError } from '../../core/snapshot'

/** A line after the serializers, as it becomes JSON. */
export interface Rec {
  readonly name: unknown
  readonly component?: unknown
  readonly level: unknown
  readonly msg: unknown
  readonly [field: string]: unknown
}

/** Fields that a record has in places of its own. */
const NAMED = new Set(['name', 'component', 'hostname', 'pid', 'level', 'msg', 'time', 'v', 'src'])

const FLAT = new Set(['string', 'number', 'boolean', 'undefined'])

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

/** The fields of a call may have a level too, of any type. */
export function levelOf({ level }: Rec): number {
  return Number.isFinite(level) ? (level as number) : LEVELS.info
}

/** What a record says; `call` knows what it does not. */
export function lineOf(rec: Rec, { below, stamp }: Pick<LogCall, 'below' | 'stamp'>): LogCall {
  const data: Record<string, unknown> = {}
  let found: unknown
  // bunyan sets the fields one by one as well: none is an own `__proto__`.
  for (const key of Object.keys(rec)) {
    if (NAMED.has(key)) continue
    const value = rec[key]
    if (found === undefined && (isError(value) || originOf(value))) found = value
    if (found === undefined || value !== found) data[key] = value
  }
  const err = isError(found) ? found : originOf(found)
  return { level: levelOf(rec), msg: plain(String(rec.msg)), data: filled(data), err, below, stamp }
}

/** Whether JSON of a record calls nothing of the program's and refuses nothing: nobody sees then that it is not made. */
export function isFlat(rec: Rec): boolean {
  if (rec.level !== levelOf(rec)) return false
  return Object.values(rec).every((value) => FLAT.has(typeof value) || value === null || types.isDate(value))
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
  const { stack } = error
  if (!isStackOf(shown.stack, stack)) return undefined
  if (Object.keys(error).every((key) => key in shown)) return error
  // Fields that bunyan leaves out, such as the request of an HTTP client's error, may hold secrets.
  const bare = Object.create(Object.getPrototypeOf(error), {
    message: { value: error.message },
    stack: { value: stack },
  })
  for (const key of ['name', 'code', 'signal']) Object.defineProperty(bare, key, { value: shown[key] })
  return bare
}

/** Behind an Error's own stack bunyan prints those of its causes. Either may be no text. */
function isStackOf(shown: unknown, stack: unknown): boolean {
  return typeof shown === 'string' && typeof stack === 'string' ? shown.startsWith(stack) : shown === stack
}
