import { syncBuiltinESMExports } from 'node:module'
import type { WorkerOptions } from 'node:worker_threads'
import { workerThreads } from './builtins'
import { define } from './undo'

/**
 * A worker thread takes over its parent's flags as they were parsed, unless it is given some in words.
 *
 * @param folder the working directory that they were parsed in
 */
export function pinWorkers(folder: string): void {
  const threads = workerThreads()
  const value = new Proxy(threads.Worker, {
    construct(native, [script, options, ...rest], subclass) {
      const start = (options: WorkerOptions) =>
        Reflect.construct(native, [script, options, ...rest], subclass)
      if (process.cwd() === folder || options?.execArgv) return start(options)
      try {
        return start({ ...options, execArgv: process.execArgv })
      } catch (error) {
        // Flags of the whole process (`--expose-gc`), which hold in the thread anyway.
        const refused = /execArgv flags: (.*)/.exec((error as Error).message)?.[1]?.split(', ')
        if (refused === undefined) throw error
        return start({ ...options, execArgv: process.execArgv.filter((flag) => !refused.includes(flag)) })
      }
    },
  })
  define(threads, 'Worker', { ...Object.getOwnPropertyDescriptor(threads, 'Worker'), value })
  syncBuiltinESMExports()
}
