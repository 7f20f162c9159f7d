import type { Look } from './record'

/**
 * Has V8 remember the nearest frames below a function. It decodes each optimized function from here to the last of
 * them, inlined ones too, which on Node 20 (V8 11.3, `TranslatedState`) costs a third of a microsecond each and is half
 * the price of a record: so this is a function of its own, called as near to the caller as can be.
 *
 * @param limit how many; for none there is no look
 */
export function look(below: CallableFunction, limit: number): Look | undefined {
  if (limit === 0) return undefined
  // A new one each time: packages that stand before `prepareStackTrace` (error-callsites) put the call sites on it.
  const taken: Look = { below }
  try {
    const { stackTraceLimit } = Error
    try {
      Error.stackTraceLimit = limit
      Error.captureStackTrace(taken, below)
    } finally {
      Error.stackTraceLimit = stackTraceLimit
    }
  } catch {
    // Error is frozen (--frozen-intrinsics), or a setter of the host threw
  }
  return taken
}

const NONE: readonly NodeJS.CallSite[] = []
let frames = NONE
const prepare = (_error: unknown, stack: readonly NodeJS.CallSite[]) => {
  frames = stack
}

/**
 * The frames of a look, past any `Error.prepareStackTrace` of the host.
 *
 * @returns none where the function was not on the stack, or `Error` is frozen or guarded by the host
 */
export function framesOf(taken: Look | undefined): readonly NodeJS.CallSite[] {
  try {
    const { prepareStackTrace } = Error
    try {
      Error.prepareStackTrace = prepare
      void taken?.stack
    } finally {
      Error.prepareStackTrace = prepareStackTrace
    }
  } catch {
    // The same.
  }
  // Call sites hold on to their receivers.
  const found = frames
  frames = NONE
  return found
}
