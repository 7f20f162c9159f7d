import type { Level } from '../../core/levels'
import type { Outlet } from '../../core/patcher'
import { unwrapped, wrapMethod } from '../../core/shim'

export type Method = (...args: unknown[]) => void
export type MethodFactory = (method: string, level: number, name: string | symbol | undefined) => Method

export interface Logger extends Record<'trace' | 'debug' | 'log' | 'info' | 'warn' | 'error', Method> {
  readonly name: string | symbol | undefined
  methodFactory: MethodFactory
  getLevel(): number
  setLevel(level: number, persist: boolean): void
  rebuild?(): void
}

export interface Root extends Logger {
  getLogger(name: string | symbol): Logger
  getLoggers?(): Record<string, Logger>
}

/** loglevel's methods: the place of each is the number of its level, and behind the last is silence. */
const METHODS = ['trace', 'debug', 'info', 'warn', 'error'] as const

interface Thresholds {
  /** Puts what `levels` says before the level of a logger, which stays inside as the program wants it. */
  overrule(logger: Logger, outlet: Outlet): void
  /** Runs what gives children the root's level: they inherit the program's, because `levels` names the root alone. */
  inherit<T>(act: () => T): T
  /** Makes the methods of a logger anew. */
  replaceMethods(logger: Logger): void
}

/**
 * @param levels the level of each method
 * @param plain the root's factory without plugins
 */
export function thresholds(
  root: Root,
  levels: Readonly<Record<string, Level>>,
  plain: MethodFactory,
): Thresholds {
  const noop = noopOf(root)
  let inheriting = false

  function inherit<T>(act: () => T): T {
    const outer = inheriting
    inheriting = true
    try {
      return act()
    } finally {
      inheriting = outer
    }
  }

  /** As the library does it, where the library would not: 1.6 to 1.8 take the level that they were just given. */
  function replaceMethods(logger: Logger): void {
    const level = logger.getLevel()
    METHODS.forEach((method, at) => {
      logger[method] = at < level ? noop : logger.methodFactory(method, level, logger.name)
    })
    logger.log = logger.debug
  }

  function overrule(logger: Logger, outlet: Outlet): void {
    if (outlet.native) return
    let forced: number | undefined
    /** Whether the program may hold the level that we told. */
    let told = false

    wrapMethod(logger, 'getLevel', (native, self: Logger, args) => {
      const own: number = Reflect.apply(native, self, args)
      if (forced === undefined || (inheriting && self === root)) return own
      told = true
      // A plugin may have a sink of its own, which may lose no line. The outlet hides what comes to the terminal.
      return unwrapped(self.methodFactory) === plain ? forced : Math.min(forced, own)
    })

    wrapMethod(logger, 'setLevel', (native, self: Logger, [level, ...more]) => {
      // `setLevel(getLevel())` is how loglevel puts a plugin in force: no wish for the level that we told.
      const isOurs = told && level === forced
      const own = isOurs ? Reflect.apply(unwrapped(self.getLevel), self, []) : level
      const outcome = Reflect.apply(native, self, [own, ...more])
      if (forced !== undefined) replaceMethods(self)
      told = false
      return outcome
    })

    // Since 1.9, where it gives children the root's level.
    if (logger.rebuild !== undefined) {
      wrapMethod(logger, 'rebuild', (native, self: Logger, args) => {
        const outcome = inherit(() => Reflect.apply(native, self, args))
        if (forced !== undefined) replaceMethods(self)
        return outcome
      })
    }

    outlet.follow(logger, (logger, level) => {
      forced = level === undefined ? undefined : lowest(level)
      replaceMethods(logger)
      told = false
    })
  }

  function lowest(level: Level): number {
    const at = METHODS.findIndex((method) => (levels[method] as Level) >= level)
    return at < 0 ? METHODS.length : at
  }

  return { overrule, inherit, replaceMethods }
}

/** The one function that all disabled methods are. */
function noopOf(root: Root): Method {
  const level = root.getLevel()
  root.setLevel(METHODS.length, false)
  const { trace } = root
  root.setLevel(level, false)
  return trace
}
