import { syncBuiltinESMExports } from 'node:module'
import threads, { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads'

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

/** Tells every worker thread started from now on which of its streams are captured (`new Worker(file, { stdout: true })`). */
export function tellWorkers(): void {
  threads.Worker = new Proxy(threads.Worker, {
    construct(native, args, subclass) {
      const { stdout = false, stderr = false } = args[1] ?? {}
      // What a captured thread's own workers print ends in its streams.
      setEnvironmentData(KEY, {
        stdout: stdout || captured.stdout,
        stderr: stderr || captured.stderr,
      } as never)
      try {
        return Reflect.construct(native, args, subclass)
      } finally {
        setEnvironmentData(KEY, undefined as never)
      }
    },
  })
  syncBuiltinESMExports()
}
