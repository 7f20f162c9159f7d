import type { Context } from '../core/context'
import type { Patcher } from '../core/patcher'
import { wrapMethod } from '../core/shim'

/** Begins a job where another one ends, in that one's context. */
export function bottleneck(context: Context): Patcher {
  const patch = ({ prototype }: { prototype: object }) => {
    for (const name of ['schedule', 'submit']) {
      wrapMethod(prototype, name, (native, self, args) => {
        // Options may stand before it; what stands behind it is the job's.
        const job = args.findIndex((arg) => typeof arg === 'function')
        return Reflect.apply(native, self, job < 0 ? args : args.with(job, context.wrap(args[job])))
      })
    }
  }
  return {
    package: 'bottleneck',
    versions: '>=2.0.0 <3',
    docs: { takes: 'no line: only the context of its jobs' },
    levels: {},
    files: { 'lib/Bottleneck.js': patch },
  }
}
