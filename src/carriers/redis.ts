import type { Context } from '../core/context'
import type { Patcher } from '../core/patcher'
import { type Class, carry, detach } from './methods'

/** Calls a function for a client of the pool in the context of the one that returned the client. */
export function redis(context: Context): Patcher {
  return {
    package: '@redis/client',
    versions: '>=1.1.0 <7',
    docs: { takes: 'no line: only the context of its functions and events' },
    levels: {},
    files: {
      // It connects again by no method of its own; so its events, which all that it hears comes by, are nobody's.
      'dist/lib/client/socket.js': ({ default: { prototype } }: { default: Class }) =>
        detach(prototype, ['connect', 'emit'], context),
      'dist/lib/client/pool.js': ({ RedisClientPool: { prototype } }: { RedisClientPool: Class }) =>
        carry(prototype, ['execute'], context),
    },
  }
}
