import type { InspectOptions } from 'node:util'
import { describe } from '../../core/guard'
import { LEVELS, type Level } from '../../core/levels'
import { message, plain } from '../../core/message'
import type { Outlet } from '../../core/patcher'
import type { LogCall, Stamp } from '../../core/record'
import { isError } from '../../core/snapshot'

/** What consola hands to its reporters. */
export interface LogObject {
  readonly type: string
  readonly level: number
  readonly date: Date
  readonly tag?: string
  readonly args: readonly unknown[]
  /** Of a box. */
  readonly title?: string
}

/** One call of a log function. It may print later: paused, or as the last of many that repeat. */
export interface Call {
  readonly below: CallableFunction
  /** What the library compares with its threshold. */
  readonly level: number
  stamp?: Stamp | undefined
}

/** The part of a line that depends on who prints it. */
export type Text = Pick<LogCall, 'msg' | 'err' | 'data'>

const { trace, debug, info, warn, error, fatal } = LEVELS

export const levels: Readonly<Record<string, Level>> = {
  ...{ fatal, error, warn, log: info, info, success: info, fail: info, ready: info, start: info, box: info },
  ...{ debug, trace, verbose: trace },
}

/** By consola's own numbers, for types that are not in the table. */
const BY_NUMBER = [error, warn, info, info, debug]

let current: Call | undefined

/** The call in progress; none where a reporter is called by itself. */
export function callInProgress(): Call | undefined {
  return current
}

export function during<T>(call: Call | undefined, act: () => T): T {
  const outer = current
  current = call
  try {
    return act()
  } finally {
    current = outer
  }
}

export function lineOf(own: Outlet, logObj: LogObject, call: Call | undefined, text: Text): LogCall {
  const level = levelOf(logObj)
  if (call) call.stamp ??= own.stamp(level, call.below)
  const { msg, data, err } = text
  return { level, msg, data, err, stamp: call?.stamp }
}

/** The arguments as the reporters format them; of an Error only its message, as its stack is in `err`. */
export function messageOf({ type, title, args }: LogObject, options: InspectOptions | undefined): string {
  const values = args.map((arg) => (isError(arg) ? describe(arg) : arg))
  const text = plain(message(values, options))
  return type === 'box' && title ? `${title}\n${text}` : text
}

export function levelOf({ type, level }: Pick<LogObject, 'type' | 'level'>): Level {
  return levels[type] ?? BY_NUMBER[Math.max(level, 0)] ?? trace
}

/** consola's tag for no tag is an empty text. */
export function tagOf({ tag }: Pick<LogObject, 'tag'>): string | undefined {
  return tag || undefined
}
