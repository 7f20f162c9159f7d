import type { Context, Place } from '../core/context'
import type { Patcher } from '../core/patcher'
import { wrapMethod, wrapped } from '../core/shim'
import { type Class, carry, detach, settle } from './methods'

/** Calls back for one command in the context of the one that opened the connection, or released it. */
export function mysql2(context: Context): Patcher {
  const places = new WeakMap<object, Place>()
  const pool = ({ prototype }: Class) => detach(prototype, ['getConnection', 'end'], context)
  const connection = ({ prototype }: Class) => {
    carry(prototype, ['connect'], context)
    wrapMethod(prototype, 'addCommand', (native, self, [command]) => {
      places.set(command, context.here())
      if (command.onResult) command.onResult = context.carry(command.onResult)
      return Reflect.apply(native, self, [command])
    })
  }
  return {
    package: 'mysql2',
    versions: '>=2.0.0 <4',
    docs: { takes: 'no line: only the context of its callbacks and events' },
    levels: {},
    files: {
      'lib/pool.js': pool,
      'lib/connection.js': connection,
      'lib/commands/command.js': ({ prototype }: Class) => settle(prototype, places, context),
      'index.js': (exports) => detach(exports, ['createConnection', 'connect'], context),
      // From 3.11.5 on
      'lib/base/pool.js': pool,
      'lib/base/connection.js': connection,
      'lib/create_connection.js': (create) =>
        wrapped(create, (native, self, args) => context.within([undefined], native, self, args)),
    },
  }
}
