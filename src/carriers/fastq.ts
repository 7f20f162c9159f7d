// biome-ignore-all lint/suspicious/noExplicitAny: the functions wrapped here are foreign
import type { Context, Place } from '../core/context'
import type { Patcher } from '../core/patcher'
import { type Around, wrapMethod, wrapped, wrapSlot } from '../core/shim'

/** What waits in the queue in the place of a value; nobody outside sees it. */
class Task {
  constructor(
    readonly value: unknown,
    readonly place: Place,
  ) {}
}

/** Calls the worker for a value that waited in the context of the one that made room. */
export function fastq(context: Context): Patcher {
  const make: Around = (native, self, args) => {
    // The first argument may be what `this` is to be.
    const at = typeof args[0] === 'function' ? 0 : 1
    if (typeof args[at] !== 'function') return Reflect.apply(native, self, args)
    const worker = wrapped(args[at], (work, owner, [{ value, place }, ...rest]) =>
      context.within([place], work, owner, [value, ...rest]),
    )
    const queue = Reflect.apply(native, self, args.with(at, worker))
    takeQueue(queue, context)
    return queue
  }
  return {
    package: 'fastq',
    versions: '>=1.11.0 <2',
    docs: { takes: 'no line: only the context of its workers and callbacks' },
    levels: {},
    files: {
      'queue.js': (fastqueue) => {
        wrapMethod(fastqueue, 'promise', make)
        return wrapped(fastqueue, make)
      },
    },
  }
}

function takeQueue(queue: any, context: Context): void {
  for (const name of ['push', 'unshift']) {
    wrapMethod(queue, name, (native, self, [value, done]) =>
      Reflect.apply(native, self, [new Task(value, context.here()), context.carry(done)]),
    )
  }
  wrapMethod(queue, 'getQueue', (native, self) =>
    (Reflect.apply(native, self, []) as Task[]).map(({ value }) => value),
  )
  wrapMethod(queue, 'error', (native, self, [handler]) => {
    if (typeof handler !== 'function') return Reflect.apply(native, self, [handler])
    const unpacked = wrapped(handler, (handle, owner, [error, { value, place }]) =>
      context.within([place], handle, owner, [error, value]),
    )
    return Reflect.apply(native, self, [unpacked])
  })
  // The queue's own events are nobody's, unless the queue is.
  const made = context.here()
  for (const name of ['drain', 'empty', 'saturated']) {
    wrapSlot(queue, name, (native, self, args) => context.within([made, context.here()], native, self, args))
  }
}
