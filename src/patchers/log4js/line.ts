import { errorMessage, filled, firstError, message, only, plain, printed, shownIn } from '../../core/message'
import type { Fields, LogCall, Stamp } from '../../core/record'
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

/** What a line says whose layout shows all of the message and has no place for the context. */
export function lineOf({ level, data, context = {} }: Event, stamp?: Stamp): LogCall {
  return {
    level: levelOf(level),
    msg: plain(message(data)),
    data: filled(context),
    err: firstError(data),
    stamp,
  }
}

/** What a line says, so far as its layout prints it: a layout of the program's own may mask. */
export function printedLineOf(event: Event, output: string, stamp?: Stamp): LogCall {
  const { level, msg, data = {}, err } = lineOf(event)
  const has = shownIn(output)
  const isWhole = printed(output, msg) || event.data.every((part) => has(textOf(part)))
  return {
    level,
    msg: isWhole ? msg : output,
    data: only(data, (value) => has(textOf(value))),
    err: err && printed(output, errorMessage(err as Error)) ? err : undefined,
    stamp,
  }
}

/** The line of an event, where what was printed on its way shows all of the message. */
export function claimed(
  event: Event,
  output: string,
  origin: Pick<LogCall, 'below' | 'stamp'>,
): LogCall | undefined {
  const { msg } = lineOf(event)
  return msg !== '' && printed(output, msg) ? { ...printedLineOf(event, output), ...origin } : undefined
}

/** The text of a value where a layout prints it by itself. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(snapshot(value))
}
