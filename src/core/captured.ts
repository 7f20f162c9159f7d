import { isMainThread, workerThreads } from './builtins'

/** Which streams of a worker thread go to a reader of its parent's own, not to the terminal. */
interface Captured {
  readonly stdout: boolean
  readonly stderr: boolean
}

/** Under this key a worker thread finds it. */
export const KEY = 'unify-logs:captured'
const NONE: Captured = { stdout: false, stderr: false }

/** The streams of this thread that are captured. Node itself tells a worker nothing of it. */
export const captured: Captured = isMainThread
  ? NONE
  : ((workerThreads().getEnvironmentData(KEY) as unknown as Captured) ?? NONE)
