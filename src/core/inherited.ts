import { isMainThread, workerThreads } from './builtins'
import type { ContextFields } from './context'
import { guard, isObject } from './guard'

/** Carries the fields to a child process, which takes it out of its environment before any code of the program runs. */
export const VARIABLE = 'UNIFY_LOGS_CONTEXT'

/** Carries them to a worker thread. */
export const DATA = 'unify-logs:context'

/** What this process or thread was handed over at its start, once. What is no object of fields counts for nothing. */
export function takeInherited(): ContextFields | undefined {
  return guard('reading the context of the parent', () => unpacked(take()), undefined)
}

function take(): unknown {
  if (!isMainThread) {
    const threads = workerThreads()
    const text = threads.getEnvironmentData(DATA)
    threads.setEnvironmentData(DATA, undefined as never)
    return text
  }
  const text = process.env[VARIABLE]
  if (text !== undefined) delete process.env[VARIABLE]
  return text
}

function unpacked(text: unknown): ContextFields | undefined {
  if (typeof text !== 'string' || text === '') return undefined
  const fields: unknown = JSON.parse(text)
  return isObject(fields) && !Array.isArray(fields) ? (fields as ContextFields) : undefined
}
