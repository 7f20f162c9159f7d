import type { LogCall } from '../../core/record'

/** Who called: the line may be printed by another method, or later. */
export type Caller = Pick<LogCall, 'below' | 'stamp'>

let caller: Caller | undefined

export function callerInProgress(): Caller | undefined {
  return caller
}

export function calledBy<T>(who: Caller | undefined, act: () => T): T {
  const outer = caller
  caller = who
  try {
    return act()
  } finally {
    caller = outer
  }
}
