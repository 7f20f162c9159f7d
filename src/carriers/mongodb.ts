import { types } from 'node:util'
import type { Context } from '../core/context'
import type { Patcher } from '../core/patcher'
import { wrapMethod } from '../core/shim'
import { type Class, carry, detach } from './methods'

/** The events of one command; all others of a client are nobody's. */
const COMMAND = /^command/

/** Calls back for one command in the context of the one that opened the connection, or gave it back. */
export function mongodb(context: Context): Patcher {
  const method =
    (exported: string, name: string) =>
    (exports: Record<string, { prototype: Record<string, unknown> }>): void => {
      const prototype = exports[exported]?.prototype ?? {}
      // By promises since version 6.4, with a class where the callback was
      if (!types.isAsyncFunction(prototype[name])) carry(prototype, [name], context)
    }
  return {
    package: 'mongodb',
    versions: '>=4.0.0 <8',
    docs: { takes: 'no line: only the context of its callbacks and events' },
    levels: {},
    files: {
      'lib/sdam/topology.js': method('Topology', 'selectServer'),
      'lib/cmap/connection_pool.js': method('ConnectionPool', 'checkOut'),
      'lib/cmap/connection.js': method('Connection', 'command'),
      'lib/cmap/connect.js': (exports) => detach(exports, ['connect'], context),
      'lib/mongo_client.js': ({ MongoClient }: { MongoClient: Class }) =>
        wrapMethod(MongoClient.prototype, 'emit', (native, self, [event, ...args]) =>
          COMMAND.test(String(event))
            ? Reflect.apply(native, self, [event, ...args])
            : context.within([undefined], native, self, [event, ...args]),
        ),
      // From version 6 on it prints what it emits.
      'lib/mongo_types.js': ({ TypedEventEmitter: { prototype } }: { TypedEventEmitter: Class }) => {
        const names = ['emitAndLog', 'emitAndLogHeartbeat'].filter((name) => name in prototype)
        detach(prototype, names, context)
      },
    },
  }
}
