import { formatWithOptions, type InspectOptions, stripVTControlCharacters } from 'node:util'
import { isObject } from './guard'
import { lazily } from './lazily'
import { type Fields, ONE_LINE } from './record'
import { bounded, isError, isProxy } from './snapshot'

/**
 * The text of printf-style arguments as Node's loggers print it, without colours. Never throws.
 *
 * @param options a library's own options for `util.inspect`
 */
export function message(args: readonly unknown[], options?: InspectOptions): string {
  if (args.length === 1 && typeof args[0] === 'string') return args[0]
  try {
    return formatWithOptions({ ...options, colors: false }, ...args)
  } catch {
    // util.format throws on hostile values (a throwing toStringTag, a revoked Proxy): name them one by one.
    return args.map(readable).join(' ')
  }
}

/** The text of printf-style arguments in one line, as deep as they are, within the bounds of a snapshot. Never throws. */
export function lineText(args: readonly unknown[]): string {
  return message(args.map(bounded), ONE_LINE)
}

/** Text without terminal escapes. */
export function bare(text: string): string {
  return text.includes('\u001b') || text.includes('\u009b') ? stripVTControlCharacters(text) : text
}

/** Text without terminal escapes and without the line's own end. */
export function plain(text: string): string {
  const line = bare(text)
  return line.endsWith('\n') ? line.slice(0, line.endsWith('\r\n') ? -2 : -1) : line
}

/** The message of an Error, of whatever type the host made it. Never throws. */
export function errorMessage(error: Error): string {
  try {
    return String(error.message)
  } catch {
    return '[Unreadable message]'
  }
}

/** What a template makes of a value that the library put into one; undefined where that throws. */
export function asText(value: unknown): string | undefined {
  try {
    return `${value}`
  } catch {
    return undefined
  }
}

/** The first Error among a call's arguments. */
export function firstError(args: readonly unknown[]): Error | undefined {
  return args.find(isError)
}

/** The first Error among the fields of a value. Calls no getter. */
export function errorIn(fields: unknown): Error | undefined {
  if (!isObject(fields) || isProxy(fields)) return undefined
  return firstError(Object.keys(fields).map((key) => Object.getOwnPropertyDescriptor(fields, key)?.value))
}

/**
 * Whether a library printed this text, as it is or escaped as JSON and `util.inspect` escape it. A patcher that holds
 * raw text asks first: text that the library did not print may be a secret that it masked.
 */
export function printed(output: string, text: string): boolean {
  return output.includes(text) || unescaped(output).includes(unescaped(text))
}

const betweenWords = lazily('u', String.raw`[^\p{L}\p{N}_]+`)
/** A text up to this length is easily part of another word, so it counts only as words of its own. */
const SHORT = 12
/** What is no part of a word for sure, or where the text ends. */
const EDGE = /^[^\w\u0080-\uffff]?$/

/** Like `printed`, for the values of fields: they are often short. */
export function shownIn(output: string): (text: string) => boolean {
  let words: Set<string> | undefined
  let whole: string | undefined
  return (text) => {
    const at = output.indexOf(text)
    if (at < 0) {
      whole ??= unescaped(output)
      if (!whole.includes(unescaped(text))) return false
    }
    if (text.length > SHORT) return true
    if (at >= 0 && EDGE.test(output.charAt(at - 1)) && EDGE.test(output.charAt(at + text.length))) return true
    words ??= new Set(output.split(betweenWords()))
    return text.split(betweenWords()).every((word) => word === '' || words?.has(word))
  }
}

/** Whether every text and number of plain data passes. */
export function everyText(data: unknown, passes: (text: string) => boolean): boolean {
  if (typeof data === 'string' || typeof data === 'number') return passes(String(data))
  return (
    typeof data !== 'object' || data === null || Object.values(data).every((part) => everyText(part, passes))
  )
}

function unescaped(text: string): string {
  // `util.inspect` breaks a text at its line ends: `'one\n' +` and below it `'two'`.
  return text.replace(/['"`] \+\n\s*['"`]|\\[nrt]|\\u001b|[\s\\'"`]/g, '')
}

/** Whether a value is an object that is no list. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Fields as the `data` of a record: none are no data. */
export function filled(fields: Fields): Fields | undefined {
  return Object.keys(fields).length > 0 ? fields : undefined
}

/** Those fields that pass, as the `data` of a record. */
export function only(fields: Fields, passes: (value: unknown, key: string) => boolean): Fields | undefined {
  return filled(Object.fromEntries(Object.entries(fields).filter(([key, value]) => passes(value, key))))
}

/** The fields of a line that is one object of JSON. */
export function jsonFields(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}

function readable(value: unknown): string {
  try {
    return formatWithOptions({ colors: false }, value)
  } catch {
    return `[Unreadable ${typeof value}]`
  }
}

/** Whether a text is the stack of an error. */
export function isStack(text: unknown): text is string {
  return typeof text === 'string' && /\n\s+at .+/.test(text)
}

/** An error of which only the stack is known, as text. */
export function errorOf(stack: string): Error {
  const [head = ''] = stack.split(/\n\s+at /, 1)
  const [found, name, message = ''] =
    /^([\w$.]*(?:Error|Exception)\w*)(?: \[\w+\])?(?:: (.*))?$/s.exec(head) ?? []
  return Object.create(Error.prototype, {
    name: { value: found === undefined ? 'Error' : name },
    message: { value: found === undefined ? head : message },
    stack: { value: stack },
  })
}
