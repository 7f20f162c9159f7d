// Not `require`, which others stand around, and our own hooks.
const { getBuiltinModule } = process
// @types/node does not know it.
const { moduleLoadList } = process as unknown as { moduleLoadList?: readonly string[] }

/** Whether Node has loaded a file of its own: `worker_threads`, `internal/worker`. To require it would load it. */
export function hasLoaded(file: string): boolean {
  return moduleLoadList?.includes(`NativeModule ${file}`) ?? false
}

/** `node:worker_threads` brings the streams along, some milliseconds of a start: only for who has to do with threads. */
export function workerThreads(): typeof import('node:worker_threads') {
  return getBuiltinModule('node:worker_threads')
}

/** As `node:worker_threads` has it. */
export const isMainThread =
  moduleLoadList === undefined
    ? workerThreads().isMainThread
    : !hasLoaded('internal/process/worker_thread_only')
