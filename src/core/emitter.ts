import type { EventEmitter } from 'node:events'
import type { Context } from './context'

type Listener = (...args: unknown[]) => unknown

const bound = new WeakSet<EventEmitter>()

/**
 * Has the listeners that are added from now on called in the context in which they were added. Each stands in the
 * emitter as a function whose `listener` is the one that was added: by that node:events finds it again, as it does
 * with those of `once`.
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
  define('rawListeners', (event) =>
    (Reflect.apply(native.rawListeners, emitter, [event]) as Listener[]).map(
      (each) => added.get(each) ?? each,
    ),
  )
  return emitter
}
