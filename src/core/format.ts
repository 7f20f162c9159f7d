import { type InspectOptions, inspect } from 'node:util'
import { type LevelName, levelName } from './levels'
import type { LogRecord } from './record'

/** Keys of a record that are no context field. `pid` and `hostname` are pino's. */
export const RECORD_KEYS: ReadonlySet<string> = new Set(
  'level time pid worker hostname source namespace module pkg trace msg data err interactionId trace_id span_id trace_flags late repeated leftOut'.split(
    ' ',
  ),
)

/** Options for `util.inspect`: however deep and long, a value stays in its line. */
export const ONE_LINE: InspectOptions = { depth: null, breakLength: Number.POSITIVE_INFINITY, compact: true }

/** Context fields that come first, in this order, under another name. */
const LINE_END = /\r\n|\n/

const LABELS = new Map([
  ['userId', 'user_id'],
  ['accountId', 'acc_id'],
])
const COLORS: Readonly<Record<LevelName, number>> = {
  trace: 90,
  debug: 36,
  info: 32,
  warn: 33,
  error: 31,
  fatal: 35,
}

/**
 * One record as text: `time trace | module | LEVEL | message | interaction id | user_id : X | acc_id : Y | other : Z`,
 * with a final line break. Starts in column 0; every further line, of the message or of a stack, starts with white
 * space. Of a message in several lines the first is in the columns, so that who searches for an id finds what it is about.
 */
export function formatText(record: LogRecord, colors: boolean): string {
  const { module, trace, interactionId, late, repeated } = record
  const notes = (late ? ' (late)' : '') + (repeated ? ` (${repeated} more)` : '')
  const [first = '', ...further] = record.msg.replace(/^[\r\n]+/, '').split(LINE_END)
  const columns = [
    trace === undefined ? clock(record.time) : `${clock(record.time)} ${line(trace)}`,
    line(module),
    label(record.level, colors),
    visible(withData(first, record.data)) + notes,
  ]
  if (interactionId !== undefined) columns.push(line(interactionId))
  for (const key of contextKeys(record)) {
    columns.push(`${line(LABELS.get(key) ?? key)} : ${line(record[key])}`)
  }
  return `${columns.join(' | ')}${indented(further)}${stack(record)}\n`
}

function contextKeys(record: LogRecord): string[] {
  const first = [...LABELS.keys()].filter((key) => key in record)
  return [...first, ...Object.keys(record).filter((key) => !RECORD_KEYS.has(key) && !LABELS.has(key))]
}

/** Local time, as `2024-12-16 14:49:36`. */
function clock(time: number): string {
  const date = new Date(time)
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

function label(level: number, colors: boolean): string {
  const name = levelName(level)
  const text = name.toUpperCase()
  return colors ? `\u001b[${COLORS[name]}m${text}\u001b[39m` : text
}

function withData(text: string, data: unknown): string {
  if (data === undefined) return text
  return [text, inspect(data, ONE_LINE)].filter((part) => part !== '').join(' ')
}

/** The error below its line, unless the message shows its stack already, as `console.error(error)` does. */
function stack(record: LogRecord): string {
  const { err, msg } = record as { err?: ErrorData; msg: string }
  if (err === undefined || msg.includes(err.stack || err.message)) return ''
  return indented(trail(err).split(LINE_END))
}

interface ErrorData {
  readonly type?: string
  readonly message: string
  readonly stack?: string
  readonly cause?: unknown
}

function trail(err: ErrorData): string {
  const own = err.stack || `${err.type ?? 'Error'}: ${err.message}`
  const { cause } = err
  if (cause === undefined) return own
  const below =
    typeof cause === 'object' && cause !== null && 'message' in cause
      ? trail(cause as ErrorData)
      : inspect(cause, ONE_LINE)
  return `${own}\ncaused by: ${below}`
}

/** Further lines of a record: they start with white space, so that none of them can pass for a record. */
function indented(lines: readonly string[]): string {
  return lines.map((text) => `\n    ${visible(text)}`).join('')
}

/** Anything in one line. */
function line(value: unknown): string {
  return visible(typeof value === 'string' ? value : inspect(value, ONE_LINE))
}

// Control characters, line separators, bidi marks and overrides, lone surrogates: shown, never sent.
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/gu

function visible(text: string): string {
  return text.replace(UNSAFE, (char) => {
    if (char === '\t') return char
    const code = char.charCodeAt(0)
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`
  })
}
