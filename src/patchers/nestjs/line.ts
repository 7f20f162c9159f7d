import { LEVELS, type Level } from '../../core/levels'
import { bare, errorOf, everyText, filled, isFields, jsonFields, plain, printed } from '../../core/message'
import type { Fields, LogCall } from '../../core/record'
import { snapshot } from '../../core/snapshot'

const { trace, debug, info, warn, error, fatal } = LEVELS

export const levels: Readonly<Record<string, Level>> = {
  verbose: trace,
  debug,
  log: info,
  warn,
  error,
  fatal,
}

/** The part of a record that the printed text decides. */
type Text = Pick<LogCall, 'msg' | 'data' | 'err'>

/** What the layout of one message was made from, as far as the library's own layout was asked. */
export interface Layout {
  /** The message as text, with its colours. */
  body?: string
  err?: Error | undefined
  /** Fields behind the message, which 12 knows. */
  params?: Fields | undefined
}

/**
 * What a line of text says without the prefix.
 *
 * @param text what was printed, with the stack if it stands behind the message
 * @param messages the messages of the call, for a layout of the program's own
 */
export function textLine(
  text: string,
  { body, err, params }: Layout,
  messages: readonly unknown[],
  stack?: string,
): Text {
  const head = stack && text.endsWith(stack) ? plain(text.slice(0, -stack.length)) : text
  const told = stack === undefined ? err : errorOf(stack)
  if (body === undefined || !printed(head, bare(body))) return { msg: wordsOf(head, messages), err: told }
  // A class may show itself without its secrets.
  const isShown = (fields: Fields) => everyText(snapshot(fields), (part) => printed(head, part))
  const data = params && isShown(params) ? params : undefined
  const msg = bare(body)
  return { msg: params && !data ? head.slice(head.lastIndexOf(msg)) : msg, data, err: told }
}

/** What a line of the `json` mode says: all of it was printed. */
export function jsonLine(text: string, messages: readonly unknown[]): Text {
  const fields = jsonFields(text)
  // printed by util.inspect, in colours or in several lines
  if (fields === undefined) return { msg: wordsOf(text, messages) }
  const { level, pid, timestamp, message, context, stack, error, params, ...more } = fields
  const data = { ...(isFields(message) && message), ...(isFields(params) && params), ...more }
  const words = typeof message === 'string' ? message : (JSON.stringify(message) ?? '')
  return {
    msg: isFields(message) ? '' : words,
    data: filled(data),
    err: isFields(error) ? errorFrom(error) : typeof stack === 'string' ? errorOf(stack) : undefined,
  }
}

/** The error of the json mode of 12. */
function errorFrom({ name, message, stack, ...more }: Fields): Error {
  const own = { name: { value: name }, message: { value: message }, stack: { value: stack } }
  return Object.assign(Object.create(Error.prototype, own), more)
}

/** A layout of the program's own shows a message as it is, or all of it is the message. */
function wordsOf(text: string, messages: readonly unknown[]): string {
  const found = messages.find((message) => typeof message === 'string' && printed(text, bare(message)))
  return found === undefined ? text : bare(String(found))
}
