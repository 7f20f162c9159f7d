import { guard } from '../../core/guard'
import { LEVELS } from '../../core/levels'
import { errorMessage, lineText, printed } from '../../core/message'
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
  const call = (text: string) => guard('reading a warning', () => callOf(warning, text), undefined)
  return () => claiming({ outlet: own, call }, print)
}

/** Node prints the stack under `--trace-warnings` and its kind alone. */
function callOf(warning: Warning, text: string): LogCall {
  const { name, code, detail, stack } = warning
  const err = typeof stack === 'string' && !printed(text, stack) ? withoutStack(warning) : warning
  return { level: LEVELS.warn, msg: errorMessage(warning), data: { name, code, detail }, err }
}

function withoutStack({ name, message }: Warning): Error {
  return Object.create(Error.prototype, {
    name: { value: name },
    message: { value: message },
    stack: { value: '' },
  })
}
