import { syncBuiltinESMExports } from 'node:module'
import type { WorkerOptions } from 'node:worker_threads'
import { workerThreads } from './builtins'
import { captured, KEY } from './captured'
import { ROOT } from './config-file'
import { guard } from './guard'
import { DATA } from './inherited'
import { define } from './undo'

/**
 * Tells every worker thread started from now on which of its streams are captured (`new Worker(file, { stdout: true })`),
 * the fields of the caller, and the project root.
 *
 * @param root absolute path
 * @param fields their text at the moment of the call; undefined where nothing is to be handed over
 */
export function tellWorkers(root: string, fields: () => string | undefined): void {
  const threads = workerThreads()
  const { setEnvironmentData } = threads
  setEnvironmentData(ROOT, root)
  const value = new Proxy(threads.Worker, {
    construct(native, args, subclass) {
      const { stdout = false, stderr = false } = args[1] ?? {}
      // What a captured thread's own workers print ends in its streams.
      setEnvironmentData(KEY, {
        stdout: stdout || captured.stdout,
        stderr: stderr || captured.stderr,
      } as never)
      const text = guard('handing the context to a worker thread', fields, undefined)
      if (text !== undefined) setEnvironmentData(DATA, text)
      try {
        return Reflect.construct(native, args, subclass)
      } finally {
        setEnvironmentData(KEY, undefined as never)
        if (text !== undefined) setEnvironmentData(DATA, undefined as never)
      }
    },
  })
  define(threads, 'Worker', { ...Object.getOwnPropertyDescriptor(threads, 'Worker'), value })
  syncBuiltinESMExports()
}

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
