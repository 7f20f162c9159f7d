// biome-ignore-all lint/suspicious/noExplicitAny: the functions wrapped here are foreign
import type { Context, Place } from '../core/context'
import type { Patcher } from '../core/patcher'
import { type Around, wrapMethod, wrapped } from '../core/shim'

const QUEUES = ['queue', 'priorityQueue']
const CARGOES = ['cargo', 'cargoQueue']

/** What waits in the list of a queue. */
interface Task {
  callback: unknown
}

/** Calls the worker for a task that waited in the context of the one that made room. */
export function async(context: Context): Patcher {
  const single = around(context, () => 1)
  const batch = around(context, (tasks) => tasks.length)
  const makers = new Map([
    ...QUEUES.map((name) => [name, single] as const),
    ...CARGOES.map((name) => [name, batch] as const),
  ])
  const patch = (exports: any) => {
    for (const owner of new Set([exports, exports.default ?? exports])) {
      for (const [name, make] of makers) if (name in owner) wrapMethod(owner, name, make)
    }
  }
  return {
    package: 'async',
    versions: '>=2.0.0 <4',
    docs: { takes: 'no line: only the context of its workers and callbacks' },
    levels: {},
    files: {
      'dist/async.js': patch,
      'index.js': patch,
      ...Object.fromEntries(
        [...makers].map(([name, make]) => [`${name}.js`, (fn: any) => wrapped(fn, make)]),
      ),
    },
  }
}

/** @param count of the tasks that one call of the worker is for */
function around(context: Context, count: (data: any) => number): Around {
  return (native, self, [worker, ...rest]) => {
    if (typeof worker !== 'function') return Reflect.apply(native, self, [worker, ...rest])
    const places = new WeakMap<Task, Place>()
    const taken: Task[] = []
    const made = context.here()
    const work = wrapped(worker, (native, owner, [data, done, ...others]) => {
      const tasks = taken.splice(0).slice(-count(data))
      // The end of a task is what makes the queue's own events, which are nobody's, unless the queue is.
      const ended =
        done && ((...args: unknown[]) => context.within([made, context.here()], done, undefined, args))
      // None, where another file of async made this queue from one that is patched
      if (tasks.length === 0) return Reflect.apply(native, owner, [data, done, ...others])
      return context.within(
        tasks.map((task) => places.get(task)),
        native,
        owner,
        ended ? [data, ended, ...others] : [data],
      )
    })
    const queue = Reflect.apply(native, self, [work, ...rest])
    const list = queue._tasks
    for (const name of ['push', 'unshift', 'insertBefore', 'insertAfter']) {
      if (!(name in list)) continue
      wrapMethod(list, name, (native, owner, args) => {
        const task: Task = args.at(-1)
        if (!places.has(task)) {
          places.set(task, context.here())
          task.callback = context.carry(task.callback)
        }
        return Reflect.apply(native, owner, args)
      })
    }
    wrapMethod(list, 'shift', (native, owner, args) => {
      const task = Reflect.apply(native, owner, args)
      if (task) taken.push(task)
      return task
    })
    return queue
  }
}
