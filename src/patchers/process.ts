import { isMainThread } from 'node:worker_threads'
import { guard } from '../core/guard'
import { LEVELS, type Level } from '../core/levels'
import { errorMessage, lineText } from '../core/message'
import type { Outlet, PatcherDocs } from '../core/patcher'
import type { LogCall } from '../core/record'
import { isError } from '../core/snapshot'
import { claiming } from '../core/terminal'

/** The level of each kind, which is the namespace. */
export const levels: Readonly<Record<string, Level>> = {
  warning: LEVELS.warn,
  uncaughtException: LEVELS.fatal,
  unhandledRejection: LEVELS.fatal,
}

/** For the page of the loggers. */
export const docs: PatcherDocs = {
  takes: 'process warnings; beside the text of a crash a record of it',
  namespace: '`warning`, `uncaughtException`, `unhandledRejection`; `deprecation` for [depd](net.md)',
  limits: [
    'Node prints the text of a crash as ever: it stands beside the record.',
    'A crash in a worker thread is a record where it ends the process.',
  ],
}

/** Takes over what Node prints of itself: process warnings, and a record beside the text of a crash. */
export function patchProcess(outlet: Outlet): void {
  patchWarnings(outlet.child('warning'))
  // What ends a worker thread is its parent's to handle, or to print.
  if (isMainThread) recordCrashes(outlet)
}

/** A monitor sees the crash in the context that it came from, and changes neither its text nor the exit code. */
function recordCrashes(outlet: Outlet): void {
  process.on('uncaughtExceptionMonitor', (error: unknown, origin) => {
    if (process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback())
      return
    const msg = isError(error) ? errorMessage(error) : lineText([error])
    outlet.child(origin).write({ level: LEVELS.fatal, msg, err: error })
  })
}

/**
 * Node's own listener decides whether a warning is printed and where (`--no-warnings`, `--redirect-warnings`,
 * `--no-deprecation`), and prints it through console; here it only learns its name. There is none under `--no-warnings`.
 */
function patchWarnings(outlet: Outlet): void {
  const native = process.listeners('warning').find((listener) => listener.name === 'onWarning')
  if (native === undefined) return
  process.removeListener('warning', native)
  process.prependListener('warning', function onWarning(warning: Warning) {
    const call = () => guard('reading a warning', () => callOf(warning), undefined)
    claiming({ outlet, call }, () => native.call(process, warning))
  })
}

type Warning = Error & { readonly code?: string; readonly detail?: string }

function callOf(warning: Warning): LogCall {
  const { name, code, detail } = warning
  return { level: LEVELS.warn, msg: errorMessage(warning), data: { name, code, detail }, err: warning }
}
