import type { Context, Place } from '../core/context'
import type { Patcher } from '../core/patcher'
import { wrapMethod } from '../core/shim'
import { type Class, carry, detach, settle } from './methods'

/** Calls back for one query in the context of the one that opened the connection. */
export function pg(context: Context): Patcher {
  const places = new WeakMap<object, Place>()
  return {
    package: 'pg',
    versions: '>=8.0.3 <9',
    docs: { takes: 'no line: only the context of its callbacks and events' },
    levels: {},
    files: {
      'lib/client.js': ({ prototype }: Class) => {
        detach(prototype, ['connect', 'end'], context)
        wrapMethod(prototype, 'query', (native, self, [config, ...rest]) => {
          if (typeof config?.submit === 'function') places.set(config, context.here())
          return Reflect.apply(native, self, [own(config, context), ...rest.map((arg) => context.carry(arg))])
        })
      },
      'lib/query.js': ({ prototype }: Class) => settle(prototype, places, context),
    },
  }
}

/** `{ text, callback }` is the program's, which may use it again: what differs stands in front of it. */
function own(config: unknown, context: Context): unknown {
  if (typeof config !== 'object' || config === null || 'submit' in config || !('callback' in config))
    return config
  const callback = context.carry(config.callback)
  return callback === config.callback
    ? config
    : Object.create(config, { callback: { value: callback, writable: true } })
}

/** Calls back for one who waited in the context of the one that released a client. */
export function pgPool(context: Context): Patcher {
  return {
    package: 'pg-pool',
    versions: '>=3.1.1 <4',
    docs: { takes: 'no line: only the context of its callbacks and events' },
    levels: {},
    files: {
      'index.js': ({ prototype }: Class) =>
        detach(prototype, ['connect', 'end', '_pulseQueue', '_remove'], context),
    },
  }
}

/** Calls back for one cursor in the context of the one that opened the connection. */
export function pgCursor(context: Context): Patcher {
  const places = new WeakMap<object, Place>()
  return {
    package: 'pg-cursor',
    versions: '>=2.0.0 <3',
    docs: { takes: 'no line: only the context of its callbacks and events' },
    levels: {},
    files: {
      'index.js': ({ prototype }: Class) => {
        carry(prototype, ['close'], context)
        wrapMethod(prototype, 'read', (native, self, [rows, callback]) => {
          places.set(self, context.here())
          return Reflect.apply(native, self, [rows, context.carry(callback)])
        })
        settle(prototype, places, context)
      },
    },
  }
}
