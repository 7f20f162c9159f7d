import { guard } from '../../core/guard'
import { LEVELS } from '../../core/levels'
import { errorMessage, lineText } from '../../core/message'
import type { Outlet } from '../../core/patcher'
import type { LogCall } from '../../core/record'
import { isError } from '../../core/snapshot'
import { claiming } from '../../core/terminal'

export function ofCrash(error: unknown): LogCall {
  const msg = isError(error) ? errorMessage(error) : lineText([error])
  return { level: LEVELS.fatal, msg, err: error }
}

type Warning = Error & { readonly code?: string; readonly detail?: string }

/** `print`, whose line is that of the warning. */
export function ofWarning(warning: Warning, outlet: Outlet, print: () => void): () => void {
  const own = outlet.child('warning')
  const call = () => guard('reading a warning', () => callOf(warning), undefined)
  return () => claiming({ outlet: own, call }, print)
}

function callOf(warning: Warning): LogCall {
  const { name, code, detail } = warning
  return { level: LEVELS.warn, msg: errorMessage(warning), data: { name, code, detail }, err: warning }
}
