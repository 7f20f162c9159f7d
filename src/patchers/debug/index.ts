import type { InspectOptions } from 'node:util'
import { LEVELS } from '../../core/levels'
import { message, plain, printed } from '../../core/message'
import type { Patcher, Target } from '../../core/patcher'
import type { LogCall } from '../../core/record'
import { looking, wrapMethod, wrapSlot } from '../../core/shim'
import { isError } from '../../core/snapshot'
import { claiming, isTerminal, passing } from '../../core/terminal'
import { type Enabling, followLevels, type Instance, type Log } from './thresholds'

/** What `require('debug')` gives, in 2.6, 3 and 4: its functions are looked up at each call, so old instances follow. */
interface Debug extends Enabling {
  inspectOpts?: InspectOptions
}

export const debug: Patcher = {
  package: 'debug',
  versions: '>=2.6.0 <5',
  docs: {
    takes: 'each line on stderr (in 2 on stdout too, by `DEBUG_FD=1`)',
    namespace: 'the namespace',
    limits: ['`err` only where an Error is the first argument.'],
  },
  levels: { debug: LEVELS.debug },
  files: { 'src/node.js': patch },
}

const silent: Log = () => undefined

function patch(createDebug: Debug, { outlet, version }: Target): void {
  const nativeLog = createDebug.log
  const stream = nativeStream(version)
  /** The first argument before `coerce` makes a text of it. */
  let first: unknown

  followLevels(createDebug, outlet)

  wrapMethod(createDebug, 'coerce', (native, self, args) => {
    first = args[0]
    return Reflect.apply(native, self, args)
  })

  const planOf = (instance: Instance) => {
    const own = outlet.child(instance.namespace)
    const log = instance.log ?? createDebug.log
    const isNative = log === nativeLog
    const terminal = isNative && isTerminal(stream())
    const reach = terminal ? own.reach(LEVELS.debug) : 0
    return { own, log, isNative, terminal, callee: instance, reach }
  }

  // The last step before printing: behind the threshold and the %-formatters, before colours, prefix and date.
  const around = looking(
    planOf,
    (formatArgs, instance: Instance, [args = []]: unknown[][], _, plan, taken) => {
      const { own, log, isNative, terminal } = plan
      const print = (act: (log: () => unknown) => unknown): void => {
        Reflect.apply(formatArgs, instance, [args])
        once(createDebug, instance, (...out) => act(() => Reflect.apply(log, instance, out)))
      }
      if (own.native) return isNative ? print(passing) : Reflect.apply(formatArgs, instance, [args])
      if (terminal && !own.enabled(LEVELS.debug)) return once(createDebug, instance, silent)

      const call: LogCall = {
        level: LEVELS.debug,
        msg: plain(message(args, createDebug.inspectOpts)),
        err: isError(first) ? first : undefined,
        below: taken ?? instance,
      }
      if (terminal) return own.write(call) ? once(createDebug, instance, silent) : print(passing)
      // A log function or stream of the host's own gets what it expects; the line of it that shows our text is ours.
      const claim = { outlet: own, call: (text: string) => (printed(text, call.msg) ? call : undefined) }
      print((log) => claiming(claim, log))
    },
  )
  wrapSlot(createDebug, 'formatArgs', around)
}

/** Where the native `log` writes: debug 2 knows DEBUG_FD, 3 and 4 write to stderr. */
function nativeStream(version: string): () => unknown {
  const fd = version.startsWith('2.') ? Number.parseInt(process.env.DEBUG_FD ?? '', 10) || 2 : 2
  if (fd > 2) return () => undefined
  return () => (fd === 1 ? process.stdout : process.stderr)
}

/** Sets the `log` that debug looks up when `formatArgs` has returned, for that one call. */
function once(createDebug: Debug, instance: Instance, log: Log): void {
  if (instance.log === undefined) {
    const { log: shared } = createDebug
    createDebug.log = (...args) => {
      createDebug.log = shared
      return log(...args)
    }
  } else onceOf(instance, log)
}

/** The instance has one of its own, which `levels` may watch. */
function onceOf(instance: Instance, log: Log): void {
  const own = Object.getOwnPropertyDescriptor(instance, 'log')
  const value: Log = (...args) => {
    if (own === undefined) delete instance.log
    else Object.defineProperty(instance, 'log', own)
    return log(...args)
  }
  Object.defineProperty(instance, 'log', { configurable: true, enumerable: true, writable: true, value })
}
