import { guard } from '../../core/guard'
import { LEVELS, type Level } from '../../core/levels'
import type { Outlet } from '../../core/patcher'
import { type Around, looking, unwrapped, wrapMethod, wrapSlots } from '../../core/shim'
import { define } from '../../core/undo'
import type { Call, Line, Streams } from './line'

const { trace, debug, info, warn, error } = LEVELS

/** The level of each method that prints. */
export const levels: Readonly<Record<string, Level>> = {
  ...{
    trace,
    debug,
    log: info,
    info,
    dir: info,
    dirxml: info,
    table: info,
    group: info,
    groupCollapsed: info,
  },
  ...{ count: info, time: info, timeLog: info, timeEnd: info, warn, countReset: warn, error, assert: error },
}

/** These print themselves; the others call one of them. */
const LEAVES = new Set<unknown>([
  console.log,
  console.debug,
  console.info,
  console.warn,
  console.error,
  console.dir,
])

/** How the inner write is told where to. */
const STDERR = 'kUseStderr'

let current: Call | undefined

/** More than the frames of ours that stand between `console.trace` and its caller. */
const OUR_FRAMES = 16

/**
 * Takes over `console`. Its inner write is the one place where every line passes, formatted, whether the method was
 * destructured, bound, subclassed or belongs to a `new Console(process.stdout)`; a `Console` on another stream writes
 * on. The methods stay the native ones, so that DevTools sees the calls; around them stands only who called and how.
 *
 * @param outlet asked for with the first line
 */
export function patchConsole(outlet: () => Outlet): void {
  const write = Object.getOwnPropertySymbols(console).find((s) => s.description === 'kWriteToConsole')
  if (write === undefined)
    throw new Error(`console of Node ${process.version} has no inner write to take over`)
  const { Console } = console
  let line: Line | undefined
  const lineOf = (): Line => {
    line ??= (require('./line') as typeof import('./line')).consoleLine(outlet(), OUR_FRAMES)
    return line
  }
  for (const owner of [console, Console.prototype]) takeInnerWrite(owner, write, lineOf)
  const ofLevel = new Map<Level, Around>(
    Object.values(LEVELS).map((level) => [level, aroundMethod(level, lineOf)]),
  )
  const arounds = new Map(Object.entries(levels).map(([name, level]) => [name, ofLevel.get(level) as Around]))
  wrapSlots(console, arounds)
  // No slots here: a Console assigns its methods to itself, which would set the prototype's.
  const wrapPrototype = () => {
    for (const [name, around] of arounds) wrapMethod(Console.prototype, name, around)
  }
  whenAskedFor(console, 'Console', () => guard('patching Console', wrapPrototype, undefined))
}

/** Calls `act` once, before the first to read or to set a property goes on: few programs make a Console of their own. */
function whenAskedFor(owner: object, key: string, act: () => void): void {
  const native = Object.getOwnPropertyDescriptor(owner, key)
  if (native === undefined || !('value' in native)) {
    act()
    return
  }
  let waits = true
  const asked = (): void => {
    // Who copies what stands here asks again.
    if (!waits) return
    waits = false
    Object.defineProperty(owner, key, native)
    act()
  }
  const { configurable = false, enumerable = false, value } = native
  const get = (): unknown => {
    asked()
    return value
  }
  const set = (value: unknown): void => {
    asked()
    Reflect.set(owner, key, value)
  }
  define(owner, key, { configurable, enumerable, get, set })
}

function aroundMethod(level: Level, lineOf: () => Line): Around {
  const planOf = (_self: unknown, _args: unknown, method: CallableFunction) => {
    const composite = current?.composite || !LEAVES.has(unwrapped(method))
    return { composite, callee: method, reach: composite ? 0 : lineOf().reach(level) }
  }
  return looking(planOf, (native, self, args, method, { composite }, taken) => {
    if (current?.composite) return Reflect.apply(native, self, args)
    const outer = current
    const below = taken ?? method
    const stamp = composite ? undefined : lineOf().stamp(level, below)
    current = { level, args, below, composite, stamp }
    try {
      return level === trace
        ? withRoomForUs(() => Reflect.apply(native, self, args))
        : Reflect.apply(native, self, args)
    } finally {
      current = outer
    }
  })
}

/** `console.trace` prints its stack, in which our frames stand above the caller's: there must be room for both. */
function withRoomForUs<T>(act: () => T): T {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = limit + OUR_FRAMES
  try {
    return act()
  } finally {
    Error.stackTraceLimit = limit
  }
}

function takeInnerWrite(owner: object, key: symbol, lineOf: () => Line): void {
  wrapMethod(owner, key, (native, streams: Streams, [stream, text, ...rest]) => {
    const print = (text: string): unknown => Reflect.apply(native, streams, [stream, text, ...rest])
    const stderr = (stream as symbol).description === STDERR
    lineOf().write({ streams, stderr, text, current, print })
  })
}
