import type { ContextFields } from './context'
import { snapshot } from './snapshot'

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
