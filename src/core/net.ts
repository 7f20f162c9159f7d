import { captured } from './captured'
import type { Outlet } from './patcher'
import { wrapMethod, wrapped } from './shim'
import type { StreamName } from './terminal'
import type { UnderStream } from './under-stream'
import { define, onUndo } from './undo'

/**
 * Stands under `process.stdout.write` and `process.stderr.write`, where every line passes that is no console's: what a
 * logger claims is its record, and what nobody claims is the stream's own.
 *
 * The streams are not made here: their first use changes the flags of a shared descriptor, and is the program's to make.
 *
 * @param raw the streams whose unclaimed lines become records; those of the others pass
 * @param outletOf the outlet of any source
 */
export function installNet(raw: readonly StreamName[], outletOf: (source: string) => Outlet): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const descriptor = Object.getOwnPropertyDescriptor(process, name)
    const native = descriptor?.get
    if (native === undefined) continue
    let seen: unknown
    const get = wrapped(native, (native) => {
      const stream = Reflect.apply(native, process, [])
      if (stream !== seen && !captured[name])
        standUnder(stream as NodeJS.WriteStream, name, raw.includes(name) ? outletOf : undefined)
      seen = stream
      return stream
    })
    define(process, name, { ...descriptor, get })
  }
}

/** Many look at a stream that write nothing: what a write needs is loaded with the first. */
function standUnder(
  stream: NodeJS.WriteStream,
  name: StreamName,
  outletOf: ((source: string) => Outlet) | undefined,
): void {
  let made: UnderStream | undefined
  const under = (): UnderStream => {
    made ??= (require('./under-stream') as typeof import('./under-stream')).underStream(
      stream,
      name,
      outletOf,
    )
    return made
  }
  wrapMethod(stream, 'write', (...call) => under().write(...call))
  onUndo(stream, () => made?.release())
  if (outletOf === undefined) return
  wrapMethod(stream, 'end', (native, self, args) => {
    made?.release()
    return Reflect.apply(native, self, args)
  })
}
