import { dirname } from 'node:path'
import { guard } from '../core/guard'
import { LEVELS, type Level } from '../core/levels'
import { bare, firstError, printed } from '../core/message'
import type { Outlet, PatcherDocs } from '../core/patcher'
import type { LogCall } from '../core/record'
import { type Around, unwrapped, wrapMethod, wrapSlot } from '../core/shim'
import { claiming, collect, collects, isTerminal, ownerOf, passing, writeLine } from '../core/terminal'

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

/** For the page of the loggers. */
export const docs: PatcherDocs = {
  takes: "each method that prints, and each `Console` on the process's own streams",
  limits: [
    'The indentation of a group is not in `msg`.',
    'Of a method that was bound before us (`const { log } = console`) only the stream is known.',
    'Under `node --print` stdout stays native: it is the result.',
  ],
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

/** `node --print` prints its result through console: its stdout is for whoever reads that. */
const STDOUT_IS_RESULT = process.execArgv.some((flag) => /^(-p|-pe|--print)(=|$)/.test(flag))

/** The console method in progress. */
interface Call {
  readonly level: Level
  readonly args: readonly unknown[]
  readonly below: CallableFunction
  /** True where a line of a console method called inside it is this call's line: `table` calls `log`. */
  readonly composite: boolean
}

/** A Console's streams, by its own names for them. */
interface Streams {
  readonly _stdout: unknown
  readonly _stderr: unknown
}

let current: Call | undefined

/** More than the frames of ours that stand between `console.trace` and its caller. */
const OUR_FRAMES = 16
const OUR_FILES = dirname(__dirname)

/**
 * Takes over `console`. Its inner write is the one place where every line passes, formatted, whether the method was
 * destructured, bound, subclassed or belongs to a `new Console(process.stdout)`; a `Console` on another stream writes
 * on. The methods stay the native ones, so that DevTools sees the calls; around them stands only who called and how.
 */
export function patchConsole(outlet: Outlet): void {
  const write = Object.getOwnPropertySymbols(console).find((s) => s.description === 'kWriteToConsole')
  if (write === undefined)
    throw new Error(`console of Node ${process.version} has no inner write to take over`)
  const { prototype } = console.Console
  for (const owner of [console, prototype]) takeInnerWrite(owner, write, outlet)
  for (const [name, level] of Object.entries(levels)) {
    wrapSlot(console, name, aroundMethod(level))
    // No slot here: a Console assigns its methods to itself, which would set the prototype's.
    wrapMethod(prototype, name, aroundMethod(level))
  }
}

function aroundMethod(level: Level): Around {
  return (native, self, args, below) => {
    if (current?.composite) return Reflect.apply(native, self, args)
    const outer = current
    current = { level, args, below, composite: !LEAVES.has(unwrapped(native)) }
    try {
      return level === trace
        ? withRoomForUs(() => Reflect.apply(native, self, args))
        : Reflect.apply(native, self, args)
    } finally {
      current = outer
    }
  }
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

/** The text of `console.trace` with the frames that it would have without us. */
function withoutUs(text: string): string {
  const lines = text.split('\n').filter((line) => !line.includes(OUR_FILES))
  const first = lines.findLastIndex((line) => !line.startsWith('    at ')) + 1
  return lines.slice(0, first + Error.stackTraceLimit - OUR_FRAMES).join('\n')
}

// biome-ignore lint/suspicious/noExplicitAny: console's private parts
function takeInnerWrite(owner: any, key: symbol, outlet: Outlet): void {
  const native = owner[key]
  const value = function (this: Streams, stream: symbol, formatted: string, ...rest: unknown[]): void {
    const stderr = String(stream).includes('Stderr')
    const text = current?.level === trace ? withoutUs(formatted) : formatted
    const print = () => native.call(this, stream, text, ...rest)
    const msg = bare(text)
    if (!isTerminal(stderr ? this._stderr : this._stdout)) {
      // The host's own stream, which may hand the line on to the terminal.
      const call = (shown: string) => (printed(shown, msg) ? callOf(msg, stderr) : undefined)
      claiming({ outlet, call }, print)
      return
    }
    const pass = () => passing(print)
    const taken =
      !(STDOUT_IS_RESULT && !stderr) &&
      guard('recording a console line', () => record(outlet, msg, stderr, pass), false)
    if (!taken) pass()
  }
  Object.defineProperty(owner, key, { ...Object.getOwnPropertyDescriptor(owner, key), value })
}

/** Makes the record of a printed line: the claimant's, or console's own. False where the line is to be printed. */
function record(outlet: Outlet, msg: string, stderr: boolean, print: () => void): boolean {
  if (collects(msg)) return collect(`${msg}\n`, { print })
  return writeLine(stderr ? 'stderr' : 'stdout', ownerOf(msg) ?? { outlet, call: callOf(msg, stderr) })
}

function callOf(msg: string, stderr: boolean): LogCall {
  return {
    // Called through a method that was bound before us: only the stream is known.
    level: current?.level ?? (stderr ? error : info),
    msg,
    err: current && firstError(current.args),
    below: current?.below,
  }
}
