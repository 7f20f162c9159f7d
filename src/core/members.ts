import { safeJson } from './escape'
import { type Fields, RECORD_KEYS } from './record'
import { REDACTED, type Redactor } from './redact'
import { snapshot } from './snapshot'

/** A module may be named after a request: so many are remembered for one context. */
const MAX_MODULES = 1_000

/** Names that a context field cannot have, with what is put behind them. */
const TAKEN = new RegExp(`^(?:${[...RECORD_KEYS].join('|')})_*$`)

/**
 * The members of a JSON object, each with a comma before it: `,"source":"console","module":"APP"`. Nothing in them acts
 * on a terminal.
 *
 * @param fields plain data; those without a value are left out
 */
export function membersOf(fields: Fields): string {
  const json = safeJson(JSON.stringify({ __proto__: null, ...fields }))
  return json === '{}' ? '' : `,${json.slice(1, -1)}`
}

/**
 * One of them.
 *
 * @param value plain data
 */
export function memberOf(name: string, value: unknown): string {
  return `,"${name}":${safeJson(JSON.stringify(value))}`
}

/**
 * The context fields of a record as members. Those of a context are made once for each module, where nothing in them
 * can change later.
 *
 * @param shows whether records of a module carry a field
 */
export function contextMembers(
  shows: (field: string, module: string) => boolean,
  redactor: Redactor | undefined,
): (context: Fields, module: string) => string {
  const known = new WeakMap<Fields, Map<string, string>>()
  return (context, module) => {
    const made = known.get(context)?.get(module)
    if (made !== undefined) return made
    const members = membersOf(contextFields(context, (field) => shows(field, module), redactor))
    if (Object.isFrozen(context) && Object.values(context).every(isLasting)) {
      const modules = known.get(context) ?? new Map<string, string>()
      if (modules.size >= MAX_MODULES) modules.clear()
      known.set(context, modules.set(module, members))
    }
    return members
  }
}

function isLasting(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function')
}

/** The fields that the record's module shows, as plain data; one that has the name of a key of ours gets an underscore behind it. */
function contextFields(
  context: Fields,
  shows: (field: string) => boolean,
  redactor: Redactor | undefined,
): Fields {
  const fields: Record<string, unknown> = Object.create(null)
  for (const [key, value] of Object.entries(context)) {
    if (value === undefined || !shows(key)) continue
    const name = key !== 'interactionId' && TAKEN.test(key) ? `${key}_` : key
    if (redactor?.hides(key, [])) fields[name] = REDACTED
    else fields[name] = key === 'interactionId' ? String(value) : snapshot(value, redactor, [key])
  }
  return fields
}
