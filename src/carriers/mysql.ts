import type { Context, Place } from '../core/context'
import type { Patcher } from '../core/patcher'
import { wrapMethod } from '../core/shim'
import { type Class, detach, settle } from './methods'

/** Calls back for one command in the context of the one that opened the connection, or released it. */
export function mysql(context: Context): Patcher {
  const places = new WeakMap<object, Place>()
  return {
    package: 'mysql',
    versions: '>=2.10.0 <3',
    docs: { takes: 'no line: only the context of its callbacks and events' },
    levels: {},
    files: {
      'lib/Pool.js': ({ prototype }: Class) => detach(prototype, ['getConnection', 'end'], context),
      'lib/Connection.js': ({ prototype }: Class) => detach(prototype, ['connect'], context),
      'lib/protocol/Protocol.js': ({ prototype }: Class) =>
        wrapMethod(prototype, '_enqueue', (native, self, [sequence]) => {
          places.set(sequence, context.here())
          if (sequence._callback) sequence._callback = context.carry(sequence._callback)
          return Reflect.apply(native, self, [sequence])
        }),
      'lib/protocol/sequences/Sequence.js': ({ prototype }: Class) => settle(prototype, places, context),
    },
  }
}
