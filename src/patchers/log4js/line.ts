import { errorMessage, filled, firstError, message, only, plain, printed } from '../../core/message'
import type { Fields, LogCall } from '../../core/record'
import { snapshot } from '../../core/snapshot'
import { levelOf } from './levels'

/** A line on its way to the appenders. */
export interface Event {
  readonly categoryName: string
  readonly level: { readonly level: number; readonly levelStr: string }
  readonly data: readonly unknown[]
  readonly context?: Fields
  readonly startTime: Date
}

type Line = Pick<LogCall, 'level' | 'msg' | 'data' | 'err'>

const BETWEEN_WORDS = /[^\p{L}\p{N}_]+/u
/** A text up to this length is easily part of another word, so it counts only as words of its own. */
const SHORT = 12

/** What a line says whose layout shows all of the message and has no place for the context. */
export function lineOf({ level, data, context = {} }: Event): Line {
  return {
    level: levelOf(level),
    msg: plain(message(data)),
    data: filled(context),
    err: firstError(data),
  }
}

/** What a line says, so far as its layout prints it: a layout of the program's own may mask. */
export function printedLineOf(event: Event, output: string): Line {
  const { level, msg, data = {}, err } = lineOf(event)
  const isWhole = printed(output, msg) || event.data.every((part) => shows(output, part))
  return {
    level,
    msg: isWhole ? msg : output,
    data: only(data, (value) => shows(output, value)),
    err: err && printed(output, errorMessage(err as Error)) ? err : undefined,
  }
}

function shows(output: string, value: unknown): boolean {
  const text = typeof value === 'string' ? value : JSON.stringify(snapshot(value))
  if (!printed(output, text)) return false
  const words = output.split(BETWEEN_WORDS)
  return text.length > SHORT || text.split(BETWEEN_WORDS).every((word) => word === '' || words.includes(word))
}
