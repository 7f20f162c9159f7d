import { syncBuiltinESMExports } from 'node:module'
import threads, { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads'
import { guard } from './guard'
import { DATA } from './inherited'

/** Which streams of a worker thread go to a reader of its parent's own, not to the terminal. */
interface Captured {
  readonly stdout: boolean
  readonly stderr: boolean
}

const KEY = 'unify-logs:captured'
const NONE: Captured = { stdout: false, stderr: false }

/** The streams of this thread that are captured. Node itself tells a worker nothing of it. */
export const captured: Captured = isMainThread
  ? NONE
  : ((getEnvironmentData(KEY) as unknown as Captured) ?? NONE)

/**
 * Tells every worker thread started from now on which of its streams are captured (`new Worker(file, { stdout: true })`),
 * and the fields of the caller.
 *
 * @param fields their text at the moment of the call; undefined where nothing is to be handed over
 */
export function tellWorkers(fields: () => string | undefined): void {
  threads.Worker = new Proxy(threads.Worker, {
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
  syncBuiltinESMExports()
}
