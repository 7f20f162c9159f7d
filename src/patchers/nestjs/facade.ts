import type { Target } from '../../core/patcher'
import { wrapMethod } from '../../core/shim'
import { calledBy } from './caller'
import { levels } from './line'

/** A line that waits for `Logger.flush()`. */
interface Buffered {
  methodRef(...args: unknown[]): unknown
}

interface Facade extends CallableFunction {
  readonly logBuffer: readonly Buffered[]
}

/** `new Logger('Context')` and its static methods, which hand on to the logger of the application. */
export function patchLogger({ Logger }: { readonly Logger: Facade }, { outlet }: Target): void {
  for (const owner of [Logger, Logger.prototype]) {
    for (const [name, level] of Object.entries(levels)) {
      if (!(name in owner)) continue
      wrapMethod(owner, name, (native, self, args, below) => {
        const { length } = Logger.logBuffer
        const outcome = calledBy({ below }, () => Reflect.apply(native, self, args))
        const later = Logger.logBuffer[length]
        if (later !== undefined && !outlet.native) {
          const { methodRef } = later
          const stamp = outlet.stamp(level, below)
          later.methodRef = (...late) => calledBy({ stamp }, () => methodRef(...late))
        }
        return outcome
      })
    }
  }
}
