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
}

// biome-ignore lint/suspicious/noExplicitAny: a logger's properties differ from version to version
export type Logger = Record<PropertyKey, any>

/** What a line says. */
export type Told = Pick<LogCall, 'msg' | 'data' | 'err'>

/** A line being written. */
export interface Writing {
  readonly logger: Logger
  readonly symbols: Symbols
  readonly level: number
  /** The object or Error that the call was given. */
  readonly given: unknown
}

const bindings = new WeakMap<Logger, { readonly text: string; readonly fields: Fields }>()

/** Fields of a logger and its parents, as they are printed. */
function bindingsOf(logger: Logger, symbols: Symbols): Fields {
  const text: string = logger[symbols.chindingsSym]
  const known = bindings.get(logger)
  if (known?.text === text) return known.fields
  const fields: Fields = JSON.parse(`{${text.slice(1)}}`)
  bindings.set(logger, { text, fields })
  return fields
}

/** The logger's name. */
export function nameOf(logger: Logger, symbols: Symbols): string | undefined {
  const { name } = bindingsOf(logger, symbols)
  return name === undefined ? undefined : String(name)
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
  const { pid, hostname, name, ...bound } = bindingsOf(logger, symbols)
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

/** The fields of the call alone: they stand behind level, time and bindings, and may have the same names. */
function carriedBy({ logger, symbols, level }: Writing, line: string): Fields | undefined {
  const start: string = logger[symbols.lsCacheSym][level]
  if (!line.startsWith(start)) return undefined
  const bound: string = logger[symbols.chindingsSym]
  const timed = logger[symbols.timeSliceIndexSym] > 0
  const at = bound === '' ? timeEnd(line, start.length, timed) : line.indexOf(bound, start.length)
  if (at < 0) return undefined
  return jsonFields(`{${line.slice(at + bound.length).replace(/^,/, '')}`)
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
