import type { Context } from '../core/context'
import type { Patcher } from '../core/patcher'
import { wrapMethod } from '../core/shim'

/** Begins a function where another one ends, in that one's context. */
export function pQueue(context: Context): Patcher {
  const patch = ({ default: PQueue }: { default: { prototype: object } }) =>
    wrapMethod(PQueue.prototype, 'add', (native, self, [fn, ...rest]) =>
      Reflect.apply(native, self, [typeof fn === 'function' ? context.wrap(fn) : fn, ...rest]),
    )
  return {
    package: 'p-queue',
    versions: '>=6.0.1 <10',
    docs: { takes: 'no line: only the context of its functions' },
    levels: {},
    files: { 'dist/index.js': patch },
  }
}
