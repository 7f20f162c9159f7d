import { LEVELS, type Level } from '../../core/levels'
import { firstError, message, printed } from '../../core/message'
import type { Outlet, Patcher, Target } from '../../core/patcher'
import type { Below, LogCall, Stamp } from '../../core/record'
import { type Around, looking, unwrapped, wrapMethod, wrapped, wrapSlot } from '../../core/shim'
import { claiming } from '../../core/terminal'
import { define, onUndo } from '../../core/undo'
import { type Logger, type MethodFactory, type Root, thresholds } from './thresholds'

export const loglevel: Patcher = {
  package: 'loglevel',
  versions: '>=1.6.0 <2',
  docs: {
    takes: 'what the methods print through `console`, behind plugins',
    namespace: "the logger's name; `root`",
    limits: [
      "A method that was taken off its logger before us (`const { warn } = log`) is `console`'s.",
      'The text that a plugin puts before the message is not in `msg`.',
    ],
  },
  levels: {
    trace: LEVELS.trace,
    debug: LEVELS.debug,
    log: LEVELS.debug,
    info: LEVELS.info,
    warn: LEVELS.warn,
    error: LEVELS.error,
  },
  files: { 'lib/loglevel.js': patch, 'dist/loglevel.js': patch, 'dist/loglevel.min.js': patch },
}

/** A call in progress: the user's arguments, before plugins add their text. */
interface Call {
  readonly args: readonly unknown[]
  readonly below?: Below
  readonly stamp?: Stamp | undefined
}

function patch(root: Root, { outlet }: Target): void {
  const outletOf = (name: Logger['name']) => outlet.child(String(name ?? 'root'))
  let current: Call | undefined
  /** loglevel's own factory has made a method since this was last set to false. */
  let made = false

  /** Around loglevel's own factory, whose methods are console's: what they print is this logger's line. */
  const base =
    (factory: MethodFactory): MethodFactory =>
    (method, level, name) => {
      const print = factory.call(root, method, level, name)
      const own = outletOf(name)
      made = true
      // Where there was no console yet, the method builds its logger's methods anew: `this`.
      return wrapped(print, (native, self, args) => {
        const { args: raw, below, stamp }: Call = current ?? { args }
        const call = (text: string): LogCall => ({
          level: loglevel.levels[method] as Level,
          msg: sameArgs(raw, args) || !printed(text, message(raw)) ? text : message(raw),
          err: firstError(raw),
          below,
          stamp,
        })
        return claiming({ outlet: own, call }, () => Reflect.apply(native, self, args))
      })
    }

  /**
   * Around the whole factory, plugins included: remembers who called, and with what before a plugin adds its text. A
   * method that is not built on loglevel's own stays as the program made it.
   */
  const slot: Around = (factory, self, args) => {
    made = false
    const method = Reflect.apply(factory, self, args)
    if (!made) return method
    const [name, , logger] = args
    const own = outletOf(logger)
    const level = loglevel.levels[name] as Level
    const planOf = (_self: unknown, _args: unknown, callee: CallableFunction) => ({
      callee,
      reach: current === undefined ? own.reach(level) : 0,
    })
    const around = looking(planOf, (native, receiver, raw, method, _planned, taken) => {
      const outer = current
      const below = taken ?? method
      current ??= { args: raw, below, stamp: stampOf(own, level, below) }
      try {
        return Reflect.apply(native, receiver, raw)
      } finally {
        current = outer
      }
    })
    return wrapped(method, around)
  }

  const native = root.methodFactory
  const plain = base(native)
  define(root, 'methodFactory', { ...Object.getOwnPropertyDescriptor(root, 'methodFactory'), value: plain })
  const { overrule, inherit, replaceMethods } = thresholds(root, loglevel.levels, plain)
  const seen = new WeakSet<Logger>()
  const take = (logger: Logger): Logger => {
    if (seen.has(logger)) return logger
    seen.add(logger)
    onUndo(logger, () => {
      // A child was given the root's.
      if (unwrapped(logger.methodFactory) === plain) logger.methodFactory = native
      replaceMethods(logger)
    })
    wrapSlot(logger, 'methodFactory', slot)
    overrule(logger, outletOf(logger.name))
    return logger
  }
  const rebuild = (logger: Logger): unknown => logger.setLevel(logger.getLevel(), false)

  rebuild(take(root))
  // Loaded before us: loggers that exist keep their thresholds and get their methods anew.
  for (const logger of Object.values(root.getLoggers?.() ?? {})) rebuild(take(logger))
  wrapMethod(root, 'getLogger', (native, self, args) =>
    take(inherit(() => Reflect.apply(native, self, args))),
  )
}

/** Taken before console formats. */
function stampOf(own: Outlet, level: Level, below: Below): Stamp | undefined {
  return own.native || !own.enabled(level) ? undefined : own.stamp(level, below)
}

function sameArgs(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}
