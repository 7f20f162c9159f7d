import { LEVELS, type Level } from '../../core/levels'
import type { Target } from '../../core/patcher'
import { layOut, wrapMethod } from '../../core/shim'
import { isTerminal } from '../../core/terminal'
import { namespaceOf, type Rec } from './line'

export interface Stream {
  readonly stream: { write(line: unknown): unknown }
  /** True where it gets the record itself, not its JSON. */
  readonly raw: boolean
  readonly level: Level
}

export interface Logger {
  /** The lowest level of its streams. */
  _level: Level
  readonly streams: readonly Stream[]
  readonly fields: Rec
  readonly _emit: CallableFunction
}

/** A logger whose level is the one that `levels` asks for. */
interface Overruled {
  /** The level that the program asked for. */
  own: Level
  readonly forced: Level
}

const overruled = new WeakMap<Logger, Overruled>()

export function isPrinter({ raw, stream }: Stream): boolean {
  return !raw && isTerminal(stream)
}

/** The logger's streams with the levels that count now: those of the terminal as `levels` asks, the others as ever. */
export function streamsOf(logger: Logger): readonly Stream[] {
  const state = overruled.get(logger)
  if (state === undefined) return logger.streams
  const { own, forced } = state
  return logger.streams.map((entry) => ({
    ...entry,
    level: isPrinter(entry) ? forced : Math.max(entry.level, own),
  }))
}

/** From now on `levels` decides what the logger prints on the terminal. */
function adopt(logger: Logger, outlet: Target['outlet']): void {
  const own = outlet.child(namespaceOf(logger.fields))
  if (!own.native) own.follow(logger, apply)
}

function apply(logger: Logger, level: Level | undefined): void {
  const own = overruled.get(logger)?.own ?? logger._level
  overruled.delete(logger)
  logger._level = own
  if (level === undefined) return
  overruled.set(logger, { own, forced: Math.max(level, LEVELS.trace) })
  settle(logger)
}

function settle(logger: Logger): void {
  logger._level = Math.min(...streamsOf(logger).map(({ level }) => level))
}

/** Runs `act`, in which bunyan reads and sets the level that the program asked for. */
function asItsOwn<T>(logger: Logger, act: () => T): T {
  const state = overruled.get(logger)
  if (state === undefined) return act()
  logger._level = state.own
  try {
    return act()
  } finally {
    state.own = logger._level
    settle(logger)
  }
}

export function patchLevels(bunyan: object, prototype: object, { outlet }: Target): void {
  wrapMethod(prototype, 'level', (native, logger: Logger, args) => {
    const act = () => Reflect.apply(native, logger, args)
    return args[0] === undefined ? act() : asItsOwn(logger, act)
  })

  wrapMethod(prototype, 'levels', (native, logger: Logger, args) => {
    if (args[1] !== undefined) return asItsOwn(logger, () => Reflect.apply(native, logger, args))
    const view = Object.create(logger, { streams: { value: streamsOf(logger) } })
    return Reflect.apply(native, view, args)
  })

  wrapMethod(prototype, 'addStream', (native, logger: Logger, args) => {
    const added = asItsOwn(logger, () => Reflect.apply(native, logger, args))
    if (logger.fields.name === undefined) adoptLater(logger, outlet)
    return added
  })

  wrapMethod(prototype, 'child', (native, logger: Logger, args) => {
    const child = asItsOwn(logger, () => Reflect.apply(native, logger, args))
    adopt(child, outlet)
    return child
  })

  wrapMethod(bunyan, 'createLogger', (native, self, args) => {
    const logger: Logger = Reflect.apply(native, self, args)
    // Its level is asked for, so that it is the plain property that it always is.
    void logger._level
    return logger
  })
}

/** A constructor has no wrapper, and knows the name last: the first question for the level behind it finds both. */
function adoptLater(logger: Logger, outlet: Target['outlet']): void {
  const plain = { configurable: true, enumerable: true, writable: true }
  let level = logger._level
  Object.defineProperty(logger, '_level', {
    configurable: true,
    enumerable: true,
    get() {
      if (logger.fields.name === undefined) return level
      Object.defineProperty(logger, '_level', { ...plain, value: level })
      layOut(logger)
      adopt(logger, outlet)
      return logger._level
    },
    set(value: Level) {
      level = value
    },
  })
}
