import type { EventEmitter } from 'node:events'
import type { Writable } from 'node:stream'
import type { Context } from './context'

type Listener = (...args: unknown[]) => unknown

const bound = new WeakSet<EventEmitter>()

/**
 * Has the listeners that are added from now on called in the context in which they were added. Each stands in the
 * emitter as a function whose `listener` is the one that was added: by that node:events finds it again, as it does
 * with those of `once`. The callbacks of a stream's `write` and `end` are called so too: what waits behind another's chunk is
 * called back by that one.
 */
export function bindEmitter<E extends EventEmitter>(emitter: E, context: Context): E {
  if (bound.has(emitter)) return emitter
  bound.add(emitter)
  const added = new WeakMap<Listener, Listener>()
  const native: Record<'on' | 'addListener' | 'prependListener' | 'rawListeners', CallableFunction> = {
    on: emitter.on,
    addListener: emitter.addListener,
    prependListener: emitter.prependListener,
    rawListeners: emitter.rawListeners,
  }

  const define = (name: string, value: Listener): void => {
    Object.defineProperty(emitter, name, { value, configurable: true, writable: true })
  }
  for (const name of ['on', 'addListener', 'prependListener'] as const) {
    const add = native[name]
    define(name, (event, listener) => {
      if (typeof listener !== 'function') return Reflect.apply(add, emitter, [event, listener])
      const stand = Object.assign(context.wrap(listener as Listener), { listener })
      added.set(stand, listener as Listener)
      return Reflect.apply(add, emitter, [event, stand])
    })
  }
  for (const [name, by] of [
    ['once', 'on'],
    ['prependOnceListener', 'prependListener'],
  ] as const) {
    const add = native[by]
    define(name, (event, listener) => {
      if (typeof listener !== 'function') return Reflect.apply(add, emitter, [event, listener])
      const inside = context.wrap(listener as Listener)
      let fired = false
      const once = function (this: unknown, ...args: unknown[]) {
        if (fired) return undefined
        fired = true
        emitter.removeListener(event as string, once)
        return Reflect.apply(inside, this, args)
      }
      return Reflect.apply(add, emitter, [event, Object.assign(once, { listener })])
    })
  }
  const { write, end, fd } = emitter as EventEmitter &
    Partial<Pick<Writable, 'write' | 'end'> & { fd: unknown }>
  // The process's own streams with a `write` of their own would be no terminal any more.
  if (typeof write === 'function' && typeof end === 'function' && fd !== 1 && fd !== 2) {
    const kept = (value: unknown) => (typeof value === 'function' ? context.wrap(value as Listener) : value)
    // What an object stream writes may be a function.
    define('write', (chunk, ...rest) => Reflect.apply(write, emitter, [chunk, ...rest.map(kept)]))
    define('end', (...args) => Reflect.apply(end, emitter, args.map(kept)))
  }
  define('rawListeners', (event) =>
    (Reflect.apply(native.rawListeners, emitter, [event]) as Listener[]).map(
      (each) => added.get(each) ?? each,
    ),
  )
  return emitter
}
