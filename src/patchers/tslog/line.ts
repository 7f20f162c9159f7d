import { LEVELS, type Level } from '../../core/levels'
import { bare, errorMessage, filled, isFields, jsonFields, printed } from '../../core/message'
import type { Fields, LogCall } from '../../core/record'

const { trace, debug, info, warn, error, fatal } = LEVELS

export const levels: Readonly<Record<string, Level>> = {
  silly: trace,
  trace,
  debug,
  info,
  warn,
  error,
  fatal,
}

/** By tslog's own numbers; custom levels go on above `fatal`. */
const BY_NUMBER = [trace, trace, debug, info, warn, error, fatal]

/** What tslog knows of a line. */
export interface Meta {
  readonly logLevelId: number
  readonly name?: unknown
  readonly parentNames?: unknown
}

/** The part of a record that the printed line decides. */
export type Text = Pick<LogCall, 'msg' | 'data' | 'err'>

export function levelOf({ logLevelId }: Meta): Level {
  return BY_NUMBER[Math.max(logLevelId, 0)] ?? (logLevelId > 6 ? fatal : info)
}

/** A sub-logger's name stands behind those of its parents. */
export function namespaceOf({ name, parentNames }: Meta): string | undefined {
  const parents = Array.isArray(parentNames) ? parentNames : []
  return [...parents, name].filter((part) => typeof part === 'string' && part !== '').join(':') || undefined
}

export function isMeta(value: unknown): value is Meta {
  return isFields(value) && typeof value.logLevelId === 'number'
}

/**
 * What a line of text says.
 *
 * @param markup what stands before the message
 * @param stacks what stands behind it
 * @returns undefined where the line is not the library's: a value that is being formatted may log
 */
export function prettyLine(
  text: string,
  markup: string,
  stacks: string,
  errors: readonly Error[],
): Text | undefined {
  const head = bare(markup)
  const tail = bare(stacks)
  if (!text.startsWith(head)) return undefined
  const line = text.slice(head.length)
  const msg = (line.endsWith(tail) ? line.slice(0, line.length - tail.length) : line).trim()
  const err = errors.find((error) => printed(text, errorMessage(error)))
  return { msg: msg || (err && errorMessage(err)) || tail.trim(), err }
}

/**
 * What a line of JSON says: all of it was printed.
 *
 * @param errors those that the call carried
 * @returns undefined where the line is not the library's
 */
export function jsonLine(
  text: string,
  errors: readonly Error[],
): (Text & { readonly meta: Meta }) | undefined {
  const line = jsonFields(text)
  const [key, meta] = Object.entries(line ?? {}).find(([, value]) => isMeta(value)) ?? []
  if (line === undefined || !isMeta(meta)) return undefined
  const words: unknown[] = []
  const data: Record<string, unknown> = {}
  let shown: Fields | undefined
  for (const [name, value] of Object.entries(line)) {
    if (name === key || isOwn(name, meta)) continue
    if (isShownError(value)) shown ??= value
    else if (/^\d+$/.test(name) && isFields(value)) Object.assign(data, value)
    else if (/^\d+$/.test(name) || (name === 'message' && typeof value === 'string')) words.push(value)
    else data[name] = value
  }
  // In 4 an Error alone is the line itself.
  if (isShownError(line)) {
    shown = line
    for (const name of ['nativeError', 'name', 'stack', 'cause']) delete data[name]
  }
  const message = shown?.message
  return {
    meta,
    msg:
      words.map((word) => (typeof word === 'string' ? word : JSON.stringify(word))).join(' ') ||
      String(message ?? ''),
    data: filled(data),
    err: shown && errors.find((error) => errorMessage(error) === message),
  }
}

/** Keys that 5 puts on each line. */
function isOwn(name: string, meta: Meta): boolean {
  return 'v' in meta && (name === 'level' || name === 'levelId' || name === 'time')
}

function isShownError(value: unknown): value is Fields {
  return (
    isFields(value) && 'stack' in value && typeof value.name === 'string' && typeof value.message === 'string'
  )
}
