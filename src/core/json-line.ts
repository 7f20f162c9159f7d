import { levelNamed } from './level-names'
import type { Level } from './levels'
import { filled, isFields, jsonFields } from './message'
import type { Fields, LogRecord } from './record'

type Json = Record<string, unknown>

/** What a line of JSON tells. */
export interface JsonLine {
  readonly level: Level
  readonly msg: string
  readonly namespace?: string | undefined
  readonly data?: Fields | undefined
  readonly err?: Error | undefined
  /** Epoch milliseconds, where the line says when it was made. */
  readonly time?: number | undefined
  /** True where the line is a record of ours: a child's, on its way through this process. */
  readonly record?: boolean
}

/** The last that a Date can tell. */
const LAST_DATE = 8.64e15

const LEVEL = ['level', 'severity', 'log.level', 'lvl']
const TIME = ['time', 'timestamp', '@timestamp', 'ts']
const MESSAGE = ['msg', 'message']
const NAMESPACE = ['name', 'logger', 'log.logger', 'context', 'label']
const ERROR = ['err', 'error']

/**
 * The line of a JSON logger: pino, bunyan, winston, Nest, Elastic Common Schema, Google Cloud. It has a level that we
 * know, and a message or a time.
 */
export function ofJson(line: string): JsonLine | undefined {
  const fields = fieldsOf(line)
  if (fields === undefined) return undefined
  if (isRecord(fields)) return { level: fields.level, msg: line, record: true }

  const log: Fields = isFields(fields.log) ? fields.log : {}
  const level = take(fields, LEVEL, levelOf) ?? levelOf(log.level)
  const time = take(fields, TIME, timeOf)
  const msg = take(fields, MESSAGE, textOf)
  if (level === undefined || (msg === undefined && time === undefined)) return undefined
  const namespace = take(fields, NAMESPACE, textOf) ?? textOf(log.logger)
  const err = take(fields, ERROR, errorOf)
  return { level, msg: msg ?? err?.message ?? '', namespace, time, err, data: dataOf(fields) }
}

/** The record that a line of JSON is, where it is one of ours. */
export function recordOf(line: string): LogRecord | undefined {
  const fields = fieldsOf(line)
  return fields && isRecord(fields) ? fields : undefined
}

function fieldsOf(line: string): Json | undefined {
  return line.startsWith('{') && line.endsWith('}') ? jsonFields(line) : undefined
}

/** A record of ours, by the keys that every one has. */
function isRecord(fields: Json): fields is LogRecord {
  const { level, time, source, module, hostname, msg } = fields
  const texts = [source, module, hostname, msg].every((value) => typeof value === 'string')
  return texts && typeof level === 'number' && typeof time === 'number'
}

/** Takes the first of some fields that can be read so out of the line. */
function take<T>(
  fields: Json,
  keys: readonly string[],
  read: (value: unknown) => T | undefined,
): T | undefined {
  for (const key of keys) {
    const value = Object.hasOwn(fields, key) ? read(fields[key]) : undefined
    if (value === undefined) continue
    delete fields[key]
    return value
  }
  return undefined
}

/** A name, or a number as pino and bunyan have them: other numbers mean other things elsewhere. */
function levelOf(value: unknown): Level | undefined {
  if (typeof value === 'string') return levelNamed(value)
  return typeof value === 'number' && value >= 10 && value <= 60 ? value : undefined
}

/** A date, or a number of seconds or milliseconds since 1970. */
function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : typeof value === 'number' ? value : Number.NaN
  const ms = Math.round(time < 1e11 ? time * 1_000 : time)
  return ms > 0 && ms <= LAST_DATE ? ms : undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function errorOf(value: unknown): Error | undefined {
  if (!isFields(value)) return undefined
  const { type, name = type, message, stack_trace, stack = stack_trace, ...more } = value
  if (typeof message !== 'string' || typeof stack !== 'string') return undefined
  const error = Object.defineProperties(
    new Error(message),
    Object.getOwnPropertyDescriptors({ ...more, stack }),
  )
  return Object.defineProperty(error, 'name', { value: name })
}

/** The rest, but for what every record has of its own. */
function dataOf({ pid, hostname, v, ...rest }: Json): Fields | undefined {
  return filled(pid === process.pid ? rest : { ...rest, ...(pid !== undefined && { pid, hostname, v }) })
}
