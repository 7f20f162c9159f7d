import { syncBuiltinESMExports } from 'node:module'
import util from 'node:util'
import { LEVELS, type Level } from '../core/levels'
import { firstError } from '../core/message'
import type { Outlet, PatcherDocs } from '../core/patcher'
import { wrapMethod, wrapped } from '../core/shim'
import { claiming } from '../core/terminal'

/** A set has no levels. */
export const levels: Readonly<Record<string, Level>> = { debuglog: LEVELS.debug }

type Logger = (...args: unknown[]) => void

/**
 * Takes over `util.debuglog` and its other name, `util.debug`, where there is a NODE_DEBUG. What it does not name is left
 * alone.
 */
export function patchDebuglog(outlet: Outlet): void {
  for (const name of ['debuglog', 'debug']) {
    wrapMethod(util, name, (native, self, [set, callback, ...rest]) => {
      const own = outlet.child(String(set).toUpperCase())
      const take = (logger: Logger) => taken(logger, own)
      // Called at the first line with a function that costs less.
      const handing = typeof callback === 'function' ? (logger: Logger) => callback(take(logger)) : callback
      const logger = Reflect.apply(native, self, [set, handing, ...rest])
      return logger.enabled && !own.native ? take(logger) : logger
    })
  }
  syncBuiltinESMExports()
}

/** For the page of the loggers. */
export const docs: PatcherDocs = {
  takes: '`util.debuglog` and `util.debug`, for what `NODE_DEBUG` names',
  namespace: 'the set, in upper case',
  limits: ["Functions made before us, Node's own among them, come through [the net](net.md)."],
}

/** A logger of one set whose lines are records; `enabled` is answered by the native one. */
function taken(logger: Logger, outlet: Outlet): Logger {
  return wrapped(logger, (native, self, args, below) => {
    const call = (text: string) => ({
      level: LEVELS.debug,
      msg: text.replace(/^\S+ \d+: /, ''),
      err: firstError(args),
      below,
    })
    return claiming({ outlet, call }, () => Reflect.apply(native, self, args))
  })
}
