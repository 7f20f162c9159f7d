import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads'
import type { ContextFields } from './context'
import { guard, isObject } from './guard'
import { snapshot } from './snapshot'

/** Carries the fields to a child process, which takes it out of its environment before any code of the program runs. */
export const VARIABLE = 'UNIFY_LOGS_CONTEXT'

/** Carries them to a worker thread. */
export const DATA = 'unify-logs:context'

/** Linux gives all arguments and variables of a process 128 kB at least, Windows one variable 32 kB. */
const MAX_LENGTH = 8_192

/**
 * The fields as text, as a record would show them; one that makes the text too long is left out.
 *
 * @returns undefined where there is nothing to hand over
 */
export function packed(fields: ContextFields): string | undefined {
  const { interactionId, ...others } = fields
  const kept: Record<string, unknown> = {}
  let length = 0
  for (const [key, value] of Object.entries({ interactionId, ...others })) {
    if (value === undefined || typeof value === 'function') continue
    const plain = snapshot(value)
    const size = JSON.stringify([key, plain]).length
    if (length + size > MAX_LENGTH) continue
    length += size
    kept[key] = plain
  }
  return length === 0 ? undefined : JSON.stringify(kept)
}

/** What this process or thread was handed over at its start, once. What is no object of fields counts for nothing. */
export function takeInherited(): ContextFields | undefined {
  return guard('reading the context of the parent', () => unpacked(take()), undefined)
}

function take(): unknown {
  if (!isMainThread) {
    const text = getEnvironmentData(DATA)
    setEnvironmentData(DATA, undefined as never)
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
