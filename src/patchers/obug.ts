import type { InspectOptions } from 'node:util'
import { LEVELS } from '../core/levels'
import { errorOf, isStack, message, plain, printed } from '../core/message'
import type { Outlet, Patcher, Target } from '../core/patcher'
import type { LogCall } from '../core/record'
import { type Around, wrapSlot } from '../core/shim'
import { claiming, isTerminal, passing } from '../core/terminal'

type Log = (...args: unknown[]) => unknown

/** One namespace's function: `createDebug('app')`. */
interface Instance extends CallableFunction {
  readonly namespace: string
  readonly inspectOpts?: InspectOptions
  enabled: boolean | undefined
  log: Log
}

/** What all instances of a copy ask, at each call, for the last step before printing. */
interface Options {
  formatArgs: CallableFunction
  log: Log
}

interface Exports {
  readonly createDebug: ((namespace: string, options?: object) => Instance) & { enabled?: Enabled }
  /** Since 2. */
  readonly enabled?: Enabled
}

type Enabled = (namespace: string) => boolean

export const obug: Patcher = {
  package: 'obug',
  versions: '>=1.0.0 <4',
  docs: {
    takes: 'each line on stderr',
    namespace: 'the namespace',
    limits: ['`err` only where an Error is the first argument, and made from its stack.'],
  },
  levels: { debug: LEVELS.debug },
  files: { 'dist/node.js': patch, 'dist/ansi.js': patch },
}

function patch(exports: Exports | Exports['createDebug'], target: Target): void {
  // `require` of 1 returns the function.
  const { createDebug, enabled = createDebug.enabled } =
    typeof exports === 'function' ? { createDebug: exports } : exports
  const options =
    'formatArgs' in createDebug ? (createDebug as unknown as Options) : sharedOptions(createDebug)
  wrapSlot(options, 'formatArgs', aroundFormatArgs(target, options.log, quieting(enabled as Enabled)))
}

/**
 * Since 2 the options are a variable of the module. `createDebug` assigns to it what it is given, so that a setter which
 * the object inherits learns which one it is.
 */
function sharedOptions(createDebug: Exports['createDebug']): Options {
  const key = '@x/unify-logs'
  let found: Options | undefined
  Object.defineProperty(Object.prototype, key, {
    configurable: true,
    set(this: Options) {
      found = this
    },
  })
  try {
    createDebug(key, { [key]: true })
  } finally {
    Reflect.deleteProperty(Object.prototype, key)
  }
  if (found === undefined) throw new TypeError('createDebug keeps its options elsewhere')
  return found
}

/** Behind the threshold and the %-formatters, before colours, prefix and date. */
function aroundFormatArgs({ outlet }: Target, nativeLog: Log, quiet: Quiet): Around {
  return (formatArgs, instance: Instance, given) => {
    // In 1 the arguments stand alone, since 2 behind the time that has passed.
    const args = given.at(-1) as unknown[]
    const own = outlet.child(instance.namespace)
    const { log } = instance
    const terminal = log === nativeLog && isTerminal(process.stderr)
    const print = (act: (log: () => unknown) => unknown): void => {
      Reflect.apply(formatArgs, instance, given)
      once(instance, (...out) => act(() => Reflect.apply(log, instance, out)))
    }
    if (own.native) return log === nativeLog ? print(passing) : Reflect.apply(formatArgs, instance, given)
    if (terminal && !own.enabled(LEVELS.debug)) {
      quiet(instance, own)
      return once(instance, () => undefined)
    }

    const [first] = args
    const call: LogCall = {
      level: LEVELS.debug,
      msg: plain(message(args, instance.inspectOpts)),
      err: isStack(first) ? errorOf(first) : undefined,
      below: instance,
    }
    if (terminal) return own.write(call) ? once(instance, () => undefined) : print(passing)
    // A log function or stream of the host's own gets what it expects; the line of it that shows our text is ours.
    const claim = { outlet: own, call: (text: string) => (printed(text, call.msg) ? call : undefined) }
    print((log) => claiming(claim, log))
  }
}

/** Switches off an instance that `levels` hides. */
type Quiet = (instance: Instance, own: Outlet) => void

/**
 * What is enabled is known to variables of obug's modules alone, and instances are, to us, from their first line on. So
 * that line is formatted before it is hidden, and `levels` can raise none.
 */
function quieting(enabled: Enabled): Quiet {
  /** What the program had assigned to `enabled`. */
  const known = new WeakMap<Instance, boolean | undefined>()

  return (instance, own) => {
    if (known.has(instance)) return
    known.set(instance, enabled(instance.namespace) ? undefined : true)
    own.follow(instance, (instance, level) => {
      if (level !== undefined && level > LEVELS.debug) instance.enabled = false
      // What the program assigned meanwhile stays.
      else if (instance.enabled === false) instance.enabled = known.get(instance)
    })
  }
}

/** Sets the `log` that the instance calls when `formatArgs` has returned, for that one call. */
function once(instance: Instance, log: Log): void {
  const { log: own } = instance
  instance.log = (...args) => {
    instance.log = own
    return log(...args)
  }
}
