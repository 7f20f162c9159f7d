import { syncBuiltinESMExports } from 'node:module'
import { guard } from './guard'

/**
 * The objects of which a change is remembered, beside those that are no more. A library may make one for each request:
 * what stands on later ones stays there, and passes everything on.
 */
const MANY = 1_000

/** `off` from `undoAll` on: what we put around a function passes each call on. */
export const patches = { off: false }

/** By the object that was changed, so that nothing is kept alive by what is remembered of it. */
const steps = new WeakMap<object, (() => void)[]>()
let owners: WeakRef<object>[] = []
let refused = 0

/**
 * Remembers how a change of `owner` is taken back. Of one object, the latest change is taken back first.
 *
 * @param step may refer to `owner`
 */
export function onUndo(owner: object, step: () => void): void {
  const known = steps.get(owner)
  if (known !== undefined) {
    known.push(step)
    return
  }
  if (owners.length >= MANY && refused++ % MANY === 0) owners = owners.filter((ref) => ref.deref())
  if (owners.length >= MANY) return
  steps.set(owner, [step])
  owners.push(new WeakRef(owner))
}

/**
 * Defines a property of an object of the host's, until `undoAll` puts back what was there; not where the host has
 * defined another one since. After `undoAll` it does nothing.
 *
 * @param back the property to put back, if it is not the one that was there; undefined for none
 * @returns false where the object may not be changed
 */
export function define(
  owner: object,
  key: PropertyKey,
  ours: PropertyDescriptor,
  back?: () => PropertyDescriptor | undefined,
): boolean {
  if (patches.off) return true
  const before = back ? undefined : Object.getOwnPropertyDescriptor(owner, key)
  if (!Reflect.defineProperty(owner, key, ours)) return false
  onUndo(owner, () => {
    const now = Object.getOwnPropertyDescriptor(owner, key)
    if (now === undefined || now.value !== ours.value || now.get !== ours.get) return
    const native = back ? back() : before
    if (native === undefined) Reflect.deleteProperty(owner, key)
    else Object.defineProperty(owner, key, native)
  })
  return true
}

/** Listens to an event of the process, until `undoAll`. */
export function listen(
  event: string,
  // biome-ignore lint/suspicious/noExplicitAny: whatever the event brings
  listener: (...args: any[]) => void,
  how: 'on' | 'prependListener' = 'on',
): void {
  if (patches.off) return
  const guarded: typeof listener = (...args) =>
    guard(`listening to ${event}`, () => listener(...args), undefined)
  process[how](event as 'exit', guarded)
  onUndo(process, () => process.removeListener(event, guarded))
}

/** Puts back all that we have changed in this thread. */
export function undoAll(): void {
  if (patches.off) return
  patches.off = true
  for (const ref of owners.toReversed()) {
    const owner = ref.deref()
    for (const step of (owner && steps.get(owner)?.toReversed()) ?? [])
      guard('putting back what was there', step, undefined)
  }
  owners = []
  syncBuiltinESMExports()
}
