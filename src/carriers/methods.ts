import type { Context, Place } from '../core/context'
import { wrapMethod } from '../core/shim'

/** A class of a library, by what its instances have. */
export type Class = { readonly prototype: object }

/** Has callbacks that these methods are given called in their caller's context. */
export function carry(owner: object, names: readonly string[], context: Context): void {
  for (const name of names) {
    wrapMethod(owner, name, (native, self, args) =>
      Reflect.apply(
        native,
        self,
        args.map((arg) => context.carry(arg)),
      ),
    )
  }
}

/**
 * `carry`, and what these methods start by themselves is nobody's: a connection that one interaction opens answers
 * many.
 */
export function detach(owner: object, names: readonly string[], context: Context): void {
  for (const name of names) {
    wrapMethod(owner, name, (native, self, args) =>
      context.within(
        [undefined],
        native,
        self,
        args.map((arg) => context.carry(arg)),
      ),
    )
  }
}

/** Has the events of an object that is one interaction's called in its context. */
export function settle(proto: object, places: WeakMap<object, Place>, context: Context): void {
  wrapMethod(proto, 'emit', (native, self, args) =>
    places.has(self)
      ? context.within([places.get(self)], native, self, args)
      : Reflect.apply(native, self, args),
  )
}
