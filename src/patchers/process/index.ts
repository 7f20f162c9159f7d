import { isMainThread } from '../../core/builtins'
import { LEVELS, type Level } from '../../core/levels'
import type { Outlet } from '../../core/patcher'
import { wrapped } from '../../core/shim'
import { listen, onUndo } from '../../core/undo'

/** The level of each kind, which is the namespace. */
export const levels: Readonly<Record<string, Level>> = {
  warning: LEVELS.warn,
  uncaughtException: LEVELS.fatal,
  unhandledRejection: LEVELS.fatal,
}

const line = () => require('./line') as typeof import('./line')

/**
 * Takes over what Node prints of itself: process warnings, and a record beside the text of a crash.
 *
 * @param outlet asked for with the first line
 */
export function patchProcess(outlet: () => Outlet): void {
  patchWarnings(outlet)
  // What ends a worker thread is its parent's to handle, or to print.
  if (isMainThread) recordCrashes(outlet)
}

/** A monitor sees the crash in the context that it came from, and changes neither its text nor the exit code. */
function recordCrashes(outlet: () => Outlet): void {
  listen('uncaughtExceptionMonitor', (error: unknown, origin) => {
    if (process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback())
      return
    outlet().child(origin).write(line().ofCrash(error))
  })
}

/**
 * Node's own listener decides whether a warning is printed and where (`--no-warnings`, `--redirect-warnings`,
 * `--no-deprecation`), and prints it through console; here it only learns its name. There is none under `--no-warnings`.
 */
function patchWarnings(outlet: () => Outlet): void {
  const native = process.listeners('warning').find((listener) => listener.name === 'onWarning')
  if (native === undefined) return
  const onWarning = wrapped(native, (native, self, [warning]) =>
    line().ofWarning(warning, outlet(), () => Reflect.apply(native, self, [warning]))(),
  )
  process.removeListener('warning', native)
  process.prependListener('warning', onWarning)
  onUndo(process, () => {
    if (!process.listeners('warning').includes(onWarning)) return
    process.removeListener('warning', onWarning)
    process.prependListener('warning', native)
  })
}
