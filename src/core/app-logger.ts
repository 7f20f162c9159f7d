import { complainOf, guard } from './guard'
import { LEVELS, type LevelName } from './levels'
import { look } from './look'
import { errorMessage, isFields, lineText } from './message'
import type { Outlet } from './patcher'
import type { Below, Fields } from './record'
import { isError, isProxy, snapshot } from './snapshot'

/** Logs one line: `log.info('took %d ms', 12)`, `log.info({ took: 12 }, 'done')`, `log.error(error, 'failed')`. */
export interface LogMethod {
  (message: string, ...args: unknown[]): void
  /** @param fields go to `data`; an Error, or an `err` field that is one, goes to `err` */
  (fields: object, message?: string, ...args: unknown[]): void
}

/** A module's own logger: the six methods of pino, and `bind`. */
export type Logger = Readonly<Record<LevelName, LogMethod>> & {
  /**
   * @param fields go to `data` of every line of the new logger, over those of this one
   * @returns a new logger; this one and every other of the module stay as they are
   */
  bind(fields: Fields): Logger
}

/** A value that logs while it is being logged: so deep a line goes on, deeper ones are lost. */
const MAX_NESTED = 8
let nested = 0

/**
 * @param outlet the module's own: its namespace is the module's name
 * @param lose called for a line of which no record could be made: nobody else prints it
 */
export function createAppLogger(outlet: Outlet, lose: () => void, bound: Fields = {}): Logger {
  const methods = Object.entries(LEVELS).map(([name, level]) => {
    const method = (...args: unknown[]): void => {
      let below: Below | undefined = method
      try {
        if (!outlet.enabled(level)) return
        below = look(method, outlet.reach(level))
      } catch (error) {
        complainOf('finding the caller of a line of getLogger failed', error)
      }
      const take = (): boolean =>
        (nested <= MAX_NESTED && outlet.write({ level, below, ...lineOf(args, bound) })) || outlet.native
      nested++
      try {
        if (!guard('a line of getLogger', take, false)) lose()
      } finally {
        nested--
      }
    }
    return [name, method]
  })
  return {
    ...(Object.fromEntries(methods) as Record<LevelName, LogMethod>),
    bind: (fields) => createAppLogger(outlet, lose, { ...bound, ...fieldsOf(fields) }),
  }
}

function lineOf(args: unknown[], bound: Fields): { msg: string; data?: Fields; err?: unknown } {
  const [first, ...rest] = args
  if (isError(first)) return { msg: textOf(rest, first), err: first, ...dataOf(bound) }
  const given = fieldsOf(first)
  if (given === undefined || (rest.length === 0 && isEmpty(given))) {
    return { msg: lineText(args), ...dataOf(bound) }
  }
  const { err, ...fields } = given
  if (!isError(err)) return { msg: lineText(rest), ...dataOf({ ...bound, ...given }) }
  return { msg: textOf(rest, err), err, ...dataOf({ ...bound, ...fields }) }
}

/** The text behind an error, or its own. */
function textOf(rest: readonly unknown[], err: Error): string {
  return rest.length > 0 ? lineText(rest) : errorMessage(err)
}

/** A copy of an object's fields; undefined for a list of any kind, and for a Proxy, which is not asked. */
function fieldsOf(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null || isProxy(value)) return undefined
  try {
    return Symbol.iterator in value ? undefined : { ...value }
  } catch {
    const readable = snapshot(value)
    return isFields(readable) ? readable : undefined
  }
}

function dataOf(fields: Fields): { data?: Fields } {
  return isEmpty(fields) ? {} : { data: fields }
}

function isEmpty(fields: Fields): boolean {
  return Object.keys(fields).length === 0
}
