import { types } from 'node:util'
import type { Context, Place } from '../core/context'
import type { Patcher } from '../core/patcher'
import { wrapMethod } from '../core/shim'
import { type Class, carry, detach } from './methods'

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
        patchEvents(MongoClient.prototype, context),
      // Newer ones print what they emit, too.
      'lib/mongo_types.js': ({ TypedEventEmitter: { prototype } }: { TypedEventEmitter: Class }) => {
        const names = ['emitAndLog', 'emitAndLogHeartbeat'].filter((name) => name in prototype)
        detach(prototype, names, context)
      },
    },
  }
}

/** The events of one command are those of its start, which alone is in the right context before 6.4; all others are nobody's. */
function patchEvents(proto: object, context: Context): void {
  const clients = new WeakMap<object, Map<number, Place>>()
  wrapMethod(proto, 'emit', (native, self, [event, ...args]) => {
    const begun = clients.get(self) ?? new Map<number, Place>()
    clients.set(self, begun)
    const id = args[0]?.requestId
    if (event === 'commandStarted') begun.set(id, context.here())
    const place = begun.get(id)
    if (event === 'commandSucceeded' || event === 'commandFailed') begun.delete(id)
    return context.within([place], native, self, [event, ...args])
  })
}
