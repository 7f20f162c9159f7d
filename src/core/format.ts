import { inspect } from 'node:util'
import { columnText, escaped, keyText, lineText } from './escape'
import { levelName } from './level-names'
import { LEVELS, type LevelName } from './levels'
import { type LogRecord, ONE_LINE, RECORD_KEYS, type TextRecord } from './record'

/** Context fields that come first, in this order, under another name. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['userId', 'user_id'],
  ['accountId', 'acc_id'],
])
/** The same, the other way round. */
export const LABELLED: ReadonlyMap<string, string> = new Map([...LABELS].map(([key, label]) => [label, key]))

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
  return print(shown(record), colors)
}

/** What `formatText` shows of a record. */
export function shown(record: LogRecord): TextRecord {
  const { trace, interactionId } = record
  const msg = withBehind(record)
  const stack = stackBelow(record)
  return {
    level: LEVELS[levelName(record.level)],
    time: clock(record.time),
    ...(trace !== undefined && { trace: text(trace) }),
    module: text(record.module),
    msg,
    ...(interactionId !== undefined && { interactionId: text(interactionId) }),
    ...(stack !== undefined && { err: { stack } }),
    ...Object.fromEntries(contextKeys(record).map((key) => [shownKey(key, record), text(record[key])])),
  }
}

/** The text of what is shown. No other record has the same. */
export function print(record: TextRecord, colors: boolean): string {
  const { time, trace, module, msg, interactionId, err } = record
  const end = endOfFirst(msg)
  let line = trace === undefined ? time : `${time} ${columnText(trace)}`
  line += ` | ${columnText(module)} | ${label(record.level, colors)} | ${columnText(msg.slice(0, end))}`
  if (interactionId !== undefined) line += ` | ${keyText(interactionId)}`
  for (const key of contextKeys(record))
    line += ` | ${LABELS.get(key) ?? keyText(key)} : ${columnText(record[key] as string)}`
  if (end < msg.length) line += indented(IN_MESSAGE, msg.slice(end + 1))
  if (err !== undefined) line += indented(IN_ERROR, err.stack).replace(DEEPER, `\n${IN_ERROR}${escaped(' ')}`)
  return `${line}\n`
}

/** What further lines of a record start with, so that none of them can pass for a record, and no message for an error. */
export const IN_MESSAGE = '    '
export const IN_ERROR = '  '
/** An error whose first line would pass for one of the message. */
const DEEPER = /^\n {3}(?= )/

/** Line breaks at its start do not count: the first line is the first that says something. */
function endOfFirst(msg: string): number {
  if (!msg.includes('\n')) return msg.length
  return /^[\r\n]*[^\n]*/.exec(msg)?.[0].length ?? 0
}

function contextKeys(record: LogRecord | TextRecord): string[] {
  const keys: string[] = []
  for (const key of LABELS.keys()) if (Object.hasOwn(record, key)) keys.push(key)
  for (const key of Object.keys(record)) if (!RECORD_KEYS.has(key) && !LABELS.has(key)) keys.push(key)
  return keys
}

const LABEL = new RegExp(`^(${[...LABELLED.keys()].join('|')})_*$`)

/** A field that has the name of a label is shown as what the label stands for; beside it, it gets an underscore. */
function shownKey(key: string, record: LogRecord): string {
  const label = LABEL.exec(key)?.[1]
  if (label === undefined) return key
  return Object.hasOwn(record, LABELLED.get(label) as string) ? `${key}_` : (LABELLED.get(key) ?? key)
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

/** The message with what stands behind its first line. */
function withBehind({ msg, data, repeated }: LogRecord): string {
  if (data === undefined && !repeated) return msg
  const end = endOfFirst(msg)
  const parts = [
    msg.slice(0, end),
    data === undefined ? '' : inspect(data, ONE_LINE),
    repeated ? `(${repeated} more)` : '',
  ]
  return parts.filter((part) => part !== '').join(' ') + msg.slice(end)
}

/** The error below its line, unless the message shows its stack already, as `console.error(error)` does. */
function stackBelow({ err, msg }: LogRecord): string | undefined {
  if (err === undefined || (isErrorData(err) && msg.includes(err.stack || err.message))) return undefined
  return trail(err)
}

interface ErrorData {
  readonly type?: string
  readonly message: string
  readonly stack?: string
  readonly cause?: unknown
}

function isErrorData(err: unknown): err is ErrorData {
  return typeof err === 'object' && err !== null && 'message' in err
}

function trail(err: unknown): string {
  if (!isErrorData(err)) return inspect(err, ONE_LINE)
  const own = err.stack || `${err.type ?? 'Error'}: ${err.message}`
  return err.cause === undefined ? own : `${own}\ncaused by: ${trail(err.cause)}`
}

function indented(by: string, lines: string): string {
  return lines
    .split('\n')
    .map((line) => `\n${by}${lineText(line)}`)
    .join('')
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value, ONE_LINE)
}
