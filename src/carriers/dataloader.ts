import type { Context, Place } from '../core/context'
import type { Patcher } from '../core/patcher'
import { wrapMethod } from '../core/shim'

interface Loader {
  /** The batch that loads are added to. */
  readonly _batch?: { readonly keys: readonly unknown[] } | null
}

/** Calls the batch function in the context of the first that loads, for all of the batch. */
export function dataloader(context: Context): Patcher {
  return {
    package: 'dataloader',
    versions: '>=2.0.0 <3',
    docs: { takes: 'no line: only the context of the batch function' },
    levels: {},
    files: { 'index.js': (DataLoader) => patch(DataLoader.prototype, context) },
  }
}

function patch(proto: object, context: Context): void {
  const places = new WeakMap<readonly unknown[], Place[]>()

  wrapMethod(proto, 'load', (native, self, args) => {
    const loader: Loader = self
    // The field of the instance: the class itself is what the module exports, and stays as it is.
    wrapMethod(self, '_batchLoadFn', (load, owner, [keys, ...rest]) =>
      context.within(places.get(keys) ?? [], load, owner, [keys, ...rest]),
    )
    const promise = Reflect.apply(native, self, args)
    const keys = loader._batch?.keys
    if (keys === undefined) return promise
    const known = places.get(keys) ?? []
    // A load from the cache adds no key, and is nobody's reason for the batch.
    if (known.length < keys.length) known.push(context.here())
    places.set(keys, known)
    return promise
  })
}
