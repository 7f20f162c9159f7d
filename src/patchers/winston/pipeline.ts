import { complainOf } from '../../core/guard'
import type { Level } from '../../core/levels'
import { look } from '../../core/look'
import { firstError, plain } from '../../core/message'
import type { Outlet, Target } from '../../core/patcher'
import type { Below, Fields, Stamp } from '../../core/record'
import { replaceMethod, wrapMethod } from '../../core/shim'
import { isError } from '../../core/snapshot'
import { containerIdOf } from './containers'
import { levelOf, type Ranks } from './levels'
import {
  atLevels,
  follow,
  forcedLevel,
  governs,
  type Leveled,
  ownLevelOf,
  prints,
  reaches,
} from './thresholds'

export const LEVEL = Symbol.for('level')
export const MESSAGE = Symbol.for('message')
const SPLAT = Symbol.for('splat')

/** One line of winston 3. It may be the caller's own object, so nothing of ours is written on it. */
export interface Info extends Fields {
  readonly level: string
  readonly [LEVEL]?: string
  readonly [MESSAGE]?: unknown
  readonly [SPLAT]?: unknown
}

/** What the call knew of a line. */
export interface Origin {
  readonly logger: Logger
  readonly stamp: Stamp
  /** As it was before the formats. */
  readonly message?: unknown
  readonly err?: Error | undefined
}

type Forced = (transport: Leveled) => string | undefined

/** The methods of a logger's stream. */
type Prototype = Readonly<Record<'write' | '_transform' | 'push', CallableFunction>>

interface Transport extends Leveled {
  readonly log?: CallableFunction
  readonly _writableState: { readonly length: number }
}

interface Logger {
  readonly silent?: boolean
  readonly level: string
  readonly levels: Ranks
  readonly transports: readonly Transport[]
  readonly _readableState: { readonly length: number; readonly pipes?: Transport | Transport[] | null }
  readonly _writableState: { readonly length: number }
}

/**
 * The lines on their way, by their object. Formats may replace it and the streams may keep it for many ticks: when a
 * transport gets it, the stack and the context are those of whoever made the streams flow.
 */
const underway = new WeakMap<object, Origin>()

/**
 * The line that `write` is putting through, and the object that it is in, or null. Nearly every line has arrived when
 * `write` returns: only those that have not are worth the WeakMap, which costs as much as the write of a record.
 */
let passing:
  | { readonly origin: Origin; readonly transports: readonly Transport[]; object: object | null }
  | undefined

/** The label that a logger's formats put on its newest line: what is asked before they run is asked for that one. */
const labels = new WeakMap<object, string>()

/** The line that a logger is formatting. */
let formatting: Origin | undefined

/** Where a line that has reached a transport came from. */
export function originOf(info: Info): Origin | undefined {
  return passing?.object === info ? passing.origin : underway.get(info)
}

/** Whether the line that `write` is putting through has a transport that may print it. */
export function isToBePrinted(): boolean {
  return passing?.transports.some(prints) === true
}

/** The namespace of a line: its label, or else the container's name of its logger. */
export function namespaceOf({ label }: Fields, logger: object | undefined): string | undefined {
  return typeof label === 'string' ? plain(label) : containerIdOf(logger)
}

/** Of a line of which nothing is known. */
export function unknown(): Stamp {
  return { time: Date.now(), context: {} }
}

export function patchLogger(Logger: { readonly prototype: Prototype }, { outlet }: Target): void {
  const { prototype } = Logger
  const { write, _transform: transform, push } = prototype
  // A disabled line passes all three: the shim around them costs more than what they do, and a closure in one of them has
  // V8 allocate for each call.
  replaceMethod(prototype, 'write', function below(this: Logger, ...args: [Info]): unknown {
    const [info] = args
    const outer = passing
    let line: Line | undefined
    try {
      line = outlet.native || this.silent || !isObject(info) ? undefined : lineOf(info, this, outlet)
      if (line) depart(line, info, this, outlet, look(below, line.reach))
    } catch (error) {
      complainOf('reading a line of winston failed', error)
    }
    if (line === undefined) return Reflect.apply(write, this, args)
    try {
      return Reflect.apply(write, this, args)
    } finally {
      try {
        if (passing && passing !== outer) arrive(this, passing)
      } catch (error) {
        complainOf('keeping a line of winston failed', error)
      }
      passing = outer
    }
  })
  replaceMethod(prototype, '_transform', function (this: Logger, ...args: [Info]): unknown {
    const [info] = args
    const outer = formatting
    if (passing?.object === info) {
      formatting = passing.origin
      passing.object = null
    } else {
      formatting = underway.get(info)
      if (formatting !== undefined) underway.delete(info)
      else if (outer === undefined) return Reflect.apply(transform, this, args)
    }
    try {
      return Reflect.apply(transform, this, args)
    } finally {
      formatting = outer
    }
  })
  replaceMethod(prototype, 'push', function (this: Logger, ...args: [Info]): unknown {
    const [info] = args
    // Of a line that is disabled, nobody asks for more.
    const isOfUse = formatting !== undefined || governs()
    try {
      if (isOfUse && isObject(info)) formatted(info, this)
    } catch (error) {
      complainOf('reading a line of winston failed', error)
    }
    return Reflect.apply(push, this, args)
  })
  follow(outlet)
  outlet.whenNamed(() => patchQuestions(prototype, outlet))
}

function patchQuestions(prototype: object, outlet: Outlet): void {
  // winston 3.0 has neither.
  for (const key of ['isLevelEnabled', 'getHighestLogLevel'].filter((key) => key in prototype)) {
    wrapMethod(prototype, key, (native, logger: Logger, args) => {
      const root = rootOf(logger)
      const forced = forcedOf(root, {}, outlet)
      const act = () => Reflect.apply(native, logger, args)
      return forced === undefined ? act() : atLevels(root.transports, forced, act)
    })
  }
}

function formatted(info: Info, logger: Logger): void {
  if (formatting !== undefined) send(info, formatting, logger)
  const { label } = info
  if (typeof label === 'string' && labels.get(logger) !== label) labels.set(logger, label)
}

function messageOf(info: Info): unknown {
  try {
    return info.message
  } catch {
    // A getter of the program's: winston meets it as well.
    return undefined
  }
}

/** A line that a transport may print, before its caller is looked for. */
interface Line {
  readonly transports: readonly Transport[]
  /** Undefined where it may be another logger's line alone that a transport prints. */
  readonly level: Level | undefined
  readonly reach: number
}

function lineOf(info: Info, logger: Logger, outlet: Outlet): Line | undefined {
  // Handed on by the logger that is printing it, to a logger that is its transport: the caller is the first one's.
  if (formatting !== undefined && originOf(info) === formatting) return undefined
  const { [LEVEL]: name = info.level } = info
  // `transports` makes them a list at each question.
  const { pipes } = logger._readableState
  const transports = Array.isArray(pipes) ? pipes : pipes ? [pipes] : []
  if (isEnabled(logger, transports, name, governs() ? forcedOf(logger, info, outlet) : undefined)) {
    const level = levelOf(name, logger.levels)
    return { transports, level, reach: outlet.reach(level) }
  }
  // A transport in several loggers knows the first of them, and may print another one's line all the same: its
  // formats may give it a label that `levels` names.
  return isShared(transports, logger) ? { transports, level: undefined, reach: 0 } : undefined
}

function isShared(transports: readonly Transport[], logger: Logger): boolean {
  for (const { parent } of transports) if (parent !== logger) return true
  return false
}

function depart(
  { transports, level }: Line,
  info: Info,
  logger: Logger,
  outlet: Outlet,
  below?: Below,
): void {
  const origin =
    level === undefined ? { logger, stamp: unknown() } : told(info, logger, outlet.stamp(level, below))
  if (passing) settle(passing)
  passing = { origin, transports, object: null }
  send(info, origin, logger)
}

function told(info: Info, logger: Logger, stamp: Stamp): Origin {
  const message = messageOf(info)
  return { logger, stamp, message, err: errorIn(info, message) }
}

function errorIn(info: Info, message: unknown): Error | undefined {
  if (isError(info)) return info
  if (isError(message)) return message
  const { [SPLAT]: splat } = info
  return Array.isArray(splat) ? firstError(splat) : undefined
}

/** What tells the level that counts for the line in place of a transport's own; undefined where all have their own. */
function forcedOf(logger: Logger, line: Partial<Info>, outlet: Outlet): Forced | undefined {
  const { label = labels.get(logger), level = '' } = line
  const own = outlet.child(namespaceOf({ label }, logger))
  return own.named === undefined
    ? undefined
    : (transport) => forcedLevel(transport, own, logger.levels, level)
}

/** A child has its logger for a prototype. */
function rootOf(logger: object): Logger {
  const parent = Object.hasOwn(logger, '_readableState') ? null : Object.getPrototypeOf(logger)
  return parent === null ? (logger as Logger) : rootOf(parent)
}

/** winston 3.0 has no `isLevelEnabled`. */
function isEnabled(
  { levels, level }: Logger,
  transports: readonly Leveled[],
  name: string,
  forced: Forced | undefined,
): boolean {
  const rank = levels[name]
  if (rank === undefined) return false
  for (const transport of transports) {
    const own = forced === undefined ? transport.level : (forced(transport) ?? ownLevelOf(transport))
    if (reaches(own ?? level, rank, levels)) return true
  }
  return false
}

/** An object that is on its way already could be either line: better nothing than the other line's caller. */
function send(info: Info, origin: Origin, logger: Logger): void {
  const other = originOf(info)?.logger
  if (other === undefined && passing?.origin === origin && origin.logger === logger) {
    passing.object = info
    return
  }
  const twice = other !== undefined && backlogOf(other) > 0
  underway.set(info, twice ? { logger: origin.logger, stamp: unknown() } : origin)
}

/** `write` returns. */
function arrive(logger: Logger, line: NonNullable<typeof passing>): void {
  const isThrough =
    backlogOf(logger) === 0 &&
    line.transports.every((transport) => prints(transport) && transport._writableState.length === 0)
  if (!isThrough) settle(line)
}

function settle(line: NonNullable<typeof passing>): void {
  if (line.object !== null) underway.set(line.object, line.origin)
  line.object = null
}

function backlogOf({ _writableState, _readableState }: Logger): number {
  return _writableState.length + _readableState.length
}

function isObject(value: unknown): value is Info {
  return typeof value === 'object' && value !== null
}
