import type { Fields } from '../../core/record'
import { isError } from '../../core/snapshot'

/** What pino's serializer prints of an Error. */
interface Told extends Fields {
  readonly type?: unknown
  readonly message: string
  readonly stack: string
}

/**
 * Takes the Error of a line out of its fields.
 *
 * @param key under which pino prints it, from version 7 on
 * @param given what the call was given: an Error, or an object with one
 */
export function takeError(fields: Fields, key: string, given: unknown): { err?: Error; rest: Fields } {
  const { [key]: told, ...rest } = fields
  if (isTold(told)) return { err: errorOf(told, isError(given) ? given : (given as Fields)?.[key]), rest }
  // Up to version 6 the fields of an Error are those of the line.
  const { type, stack } = fields
  if (!isError(given) || typeof stack !== 'string') return { rest: fields }
  const isOwn = ([name]: [string, unknown]) =>
    name === 'type' || name === 'stack' || Object.hasOwn(given, name)
  const entries = Object.entries(fields)
  const own = { ...Object.fromEntries(entries.filter(isOwn)), type, stack, message: given.message }
  return {
    err: errorOf(own, given),
    rest: Object.fromEntries(entries.filter((entry) => !isOwn(entry))),
  }
}

function isTold(value: unknown): value is Told {
  const { message, stack } = (value ?? {}) as Partial<Told>
  return typeof message === 'string' && typeof stack === 'string'
}

/** The Error itself, which knows its interaction, if pino printed all of it; else one made of what pino printed. */
function errorOf(told: Told, original: unknown): Error {
  if (isError(original) && tellsAll(told, original)) return original
  const { type, message, stack, ...others } = told
  const fixed = { name: { value: type }, message: { value: message }, stack: { value: stack } }
  return Object.create(Error.prototype, { ...fixed, ...Object.getOwnPropertyDescriptors(others) })
}

function tellsAll(told: Told, error: Error): boolean {
  const same = (key: string) => told[key] === (error as Error & Fields)[key]
  return ['message', 'stack', ...Object.keys(error)].every(same) && error.cause === undefined
}
