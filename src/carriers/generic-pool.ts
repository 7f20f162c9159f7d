import type { Context } from '../core/context'
import type { Patcher } from '../core/patcher'
import { wrapMethod } from '../core/shim'

/** Calls the factory for one caller in the context of another, which made room. What it makes is the pool's anyway. */
export function genericPool(context: Context): Patcher {
  const patch = (Pool: { prototype: object }) => {
    for (const name of ['_createResource', '_destroy', '_testOnBorrow']) {
      wrapMethod(Pool.prototype, name, (native, self, args) =>
        context.within([undefined], native, self, args),
      )
    }
  }
  return {
    package: 'generic-pool',
    versions: '>=3.9.0 <4',
    docs: { takes: 'no line: only the context of its factory' },
    levels: {},
    files: { 'lib/Pool.js': patch },
  }
}
