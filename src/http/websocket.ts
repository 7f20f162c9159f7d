import type { Context } from '../core/context'
import type { Patcher } from '../core/patcher'
import { wrapMethod } from '../core/shim'

/**
 * For the hooks: ws compresses few messages at a time. One that has to wait is begun in the context of the one that made
 * room, which may be another visitor's, and with it all the later ones of its connection.
 */
export function ws(context: Context): Patcher {
  const patch = (Limiter: { prototype: object }) =>
    wrapMethod(Limiter.prototype, 'add', (native, self, [job]) =>
      Reflect.apply(native, self, [context.wrap(job)]),
    )
  return {
    package: 'ws',
    versions: '>=7.3.0 <9',
    docs: { takes: 'no line: only the context of its queue' },
    levels: {},
    files: { 'lib/limiter.js': patch },
  }
}
