import { AsyncResource } from 'node:async_hooks'
import type { Patcher } from '../core/patcher'
import { wrapMethod } from '../core/shim'
import type { Class } from './methods'

/** What a connection tells the handler of a request, up to version 7 and since. */
const TOLD = ['onConnect', 'onHeaders', 'onData', 'onComplete', 'onError'].concat([
  'onRequestStart',
  'onResponseStart',
  'onResponseData',
  'onResponseEnd',
  'onResponseError',
])

/** Hands the body of one response over in the context of the one that opened the connection. */
export function undici(): Patcher {
  const known = new WeakSet<object>()
  // The handlers of `request`, `stream` and `pipeline` know whose they are; their classes are no exports.
  const settle = (handler: unknown) => {
    if (!(handler instanceof AsyncResource)) return
    const prototype = Object.getPrototypeOf(handler)
    if (known.has(prototype)) return
    known.add(prototype)
    for (const name of TOLD.filter((name) => Object.hasOwn(prototype, name))) {
      wrapMethod(prototype, name, (native, self, args) => self.runInAsyncScope(native, self, ...args))
    }
  }
  const patch = ({ prototype }: Class) =>
    wrapMethod(prototype, 'dispatch', (native, self, args) => {
      settle(args[1])
      return Reflect.apply(native, self, args)
    })
  return {
    package: 'undici',
    versions: '>=5.0.0 <9',
    docs: { takes: 'no line: only the context of the events of a body' },
    levels: {},
    files: { 'lib/dispatcher-base.js': patch, 'lib/dispatcher/dispatcher-base.js': patch },
  }
}
