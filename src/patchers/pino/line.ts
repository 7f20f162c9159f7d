import { errorMessage, filled, jsonFields, message, only, plain, printed } from '../../core/message'
import type { Fields, LogCall } from '../../core/record'
import { takeError } from './error'

/** `pino.symbols`: under them a logger keeps what is its own. */
export interface Symbols {
  readonly setLevelSym: symbol
  readonly getLevelSym: symbol
  readonly levelValSym: symbol
  /** From version 8 on. */
  readonly levelCompSym?: symbol
  readonly writeSym: symbol
  readonly streamSym: symbol
  /** Bindings as text, as they stand in each line. */
  readonly chindingsSym: symbol
  /** The beginning of a line, by level. */
  readonly lsCacheSym: symbol
  /** Where the time begins in its text; 0 where lines have none. */
  readonly timeSliceIndexSym: symbol
  readonly messageKeySym: symbol
  readonly errorKeySym?: symbol
  /** From version 6.2 on. */
  readonly hooksSym?: symbol
}

// biome-ignore lint/suspicious/noExplicitAny: a logger's properties differ from version to version
export type Logger = Record<PropertyKey, any>

/** What a line says. */
export type Told = Pick<LogCall, 'msg' | 'data' | 'json' | 'err'>

/** A line being written. */
export interface Writing {
  readonly logger: Logger
  readonly symbols: Symbols
  readonly level: number
  /** The object or Error that the call was given. */
  readonly given: unknown
  /** The text that the call was given, formatted. */
  readonly text: unknown
  readonly bound: Bound
}

/** What a logger and its parents put into each line. */
interface Bound {
  readonly name: string | undefined
  /** All behind pid, hostname and name, as members of JSON with a comma before each; absent where they stand elsewhere. */
  readonly rest?: string | undefined
}

/** The same, read. */
interface Bindings {
  readonly text: string
  readonly name: string | undefined
  /** What is `data` of each line. */
  readonly fields: Fields
}

const bindings = new WeakMap<Logger, Bindings>()

function bindingsOf(logger: Logger, symbols: Symbols): Bindings {
  const text: string = logger[symbols.chindingsSym]
  const known = bindings.get(logger)
  if (known?.text === text) return known
  const { pid, hostname, name, ...fields } = JSON.parse(`{${text.slice(1)}}`)
  const made = { text, name: name === undefined ? undefined : String(name), fields }
  bindings.set(logger, made)
  return made
}

/** What pino binds to a logger by itself, and what the program adds behind it for the logger's children. */
const BASE = /^,"pid":\d+,"hostname":"[^"\\]*"(?:,"name":"([^"\\]*)")?((?!.*"(?:pid|hostname|name)":).*)$/

/** Of a child for each request, nothing is remembered: to look at the text is cheaper. */
export function boundOf(logger: Logger, symbols: Symbols): Bound {
  const [found, name, rest] = BASE.exec(logger[symbols.chindingsSym]) ?? []
  return found === undefined ? { name: bindingsOf(logger, symbols).name } : { name, rest }
}

/** So long a text is looked through for what has no place of its own in a record. */
const SHORT = 2_000
/** A list or an object of its own, or what may be an Error's. */
const NESTED = /[{[]|"stack":/

/**
 * What most lines say, without reading them: the text that the call was given, and fields that are JSON already.
 *
 * @returns undefined where the line says more, or was made in another way
 */
export function simpleLineOf(writing: Writing, line: string): Told | undefined {
  const { logger, symbols, text, bound } = writing
  const { rest } = bound
  const at = carriedAt(writing, line)
  if (at < 0 || rest === undefined || typeof text !== 'string') return undefined
  const key = `,"${logger[symbols.messageKeySym]}":`
  const end = `${key}${JSON.stringify(text)}}\n`
  if (!line.endsWith(end)) return undefined
  const carried = line.slice(at, -end.length)
  if (carried.includes(key)) return undefined
  const all = rest + carried
  if (all === '') return { msg: plain(text) }
  if (all.length > SHORT || NESTED.test(all)) return undefined
  return { msg: plain(text), json: `{${all.slice(1)}}` }
}

/**
 * What a serialised line says.
 *
 * @param line as pino serialised it
 * @param shown what the terminal would get of it: what a prettifier hides stays hidden
 * @returns undefined where the line is another one
 */
export function lineOf(writing: Writing, line: string, shown = line): Told | undefined {
  const carried = carriedBy(writing, line)
  if (carried === undefined) return undefined
  const { logger, symbols, given } = writing
  const { fields: bound } = bindingsOf(logger, symbols)
  const { [logger[symbols.messageKeySym]]: text, ...fields } = carried
  const msg = text === undefined ? '' : plain(message([text]))
  const errorKey = symbols.errorKeySym && logger[symbols.errorKeySym]
  const { err, rest } = takeError({ ...bound, ...fields }, errorKey ?? 'err', given)

  if (shown === line) return { msg, err, data: filled(rest) }
  if (!printed(shown, msg)) return { msg: plain(shown) }
  return {
    msg,
    err: err && printed(shown, errorMessage(err)) ? err : undefined,
    data: only(rest, (value, key) => shows(shown, key, value)),
  }
}

function carriedBy(writing: Writing, line: string): Fields | undefined {
  const at = carriedAt(writing, line)
  return at < 0 ? undefined : jsonFields(`{${line.slice(at).replace(/^,/, '')}`)
}

/**
 * Where the fields of the call alone begin: they stand behind level, time and bindings, and may have the same names.
 *
 * @returns -1 where the line is another one
 */
function carriedAt({ logger, symbols, level }: Writing, line: string): number {
  const start: string = logger[symbols.lsCacheSym][level]
  if (!line.startsWith(start)) return -1
  const bound: string = logger[symbols.chindingsSym]
  const timed = logger[symbols.timeSliceIndexSym] > 0
  if (bound === '') return timeEnd(line, start.length, timed)
  const at = line.indexOf(bound, start.length)
  return at < 0 ? -1 : at + bound.length
}

/** Where `,"time":1700000000000`, or a time in quotes, ends. */
function timeEnd(line: string, start: number, timed: boolean): number {
  const time = timed && /^,"[^"]*":(?:"(?:[^"\\]|\\.)*"|[^,}]*)/.exec(line.slice(start))
  return start + (time ? time[0].length : 0)
}

function shows(text: string, key: string, value: unknown): boolean {
  if (!text.includes(key)) return false
  if (Array.isArray(value)) return value.every((item) => shows(text, '', item))
  if (typeof value !== 'object' || value === null) return printed(text, String(value))
  return Object.entries(value).every(([key, value]) => shows(text, key, value))
}
