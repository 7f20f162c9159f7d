import {
  errorMessage,
  everyText,
  filled,
  firstError,
  message,
  plain,
  printed,
  shownIn,
} from '../../core/message'
import type { Fields, LogCall } from '../../core/record'
import { isError, snapshot } from '../../core/snapshot'

/** A longer text than this is compared by its beginning: a snapshot cuts it. */
const LONG = 1_000

export type Entries = readonly (readonly [key: string, value: unknown])[]

/** What a line carried. */
interface Carried {
  /** The message as the library's formats left it. */
  readonly text: unknown
  /** The line's other fields as the library's formats left them. */
  readonly fields: Entries
  /** An Error that the call carried, before any format. */
  readonly raw: Error | undefined
  /** The message before any format, where it is known. */
  readonly said?: unknown
}

export type Line = Pick<LogCall, 'msg' | 'data' | 'err'>

/**
 * What a line says, so far as the library prints it: formats and layouts mask, and may keep a field for another
 * transport. A field that is not in the output is dropped; where not even the message is, the output is the message.
 *
 * @param output what the library would have printed
 * @param carried may throw where the program's getters do: the output is all that is known then
 */
export function lineOf(output: string, carried: () => Carried): Line {
  const out = plain(output)
  try {
    return read(out, carried())
  } catch {
    return { msg: out }
  }
}

function read(out: string, { text, fields, raw, said }: Carried): Line {
  // `padLevels` and `align` put white space before the message.
  // winston itself asks no value how it is to be inspected: one that logs then would do so for ever.
  const msg = plain(
    message([isError(text) ? errorMessage(text) : text], { customInspect: false }),
  ).trimStart()
  const values = fields.map(([, value]) => value)
  const told = [raw, ...values].find(
    (value): value is Error => isError(value) && printed(out, errorMessage(value)),
  )
  if (!printed(out, msg)) return { msg: out, err: told }

  // JSON shows nothing of an Error: one that the formats kept was meant to be seen.
  const err = told ?? firstError([text, ...values])
  // That a value stands in the message says nothing of its field, unless a format put it there.
  const rest = typeof said === 'string' ? out.replace(said, ' ') : out
  const data = fields.length > 0 ? printedFields(rest, fields, err) : undefined
  return { msg: msg || (err && errorMessage(err)) || (data ? '' : out), data, err }
}

/** The fields of a meta argument; an Error is none. */
export function fieldsOf(meta: unknown): Entries {
  if (meta === undefined || meta === null || isError(meta)) return []
  return typeof meta === 'object' && !Array.isArray(meta) ? Object.entries(meta) : [['meta', meta]]
}

/** The fields of which every text and number was printed, but for those that only repeat the Error. */
function printedFields(output: string, fields: Entries, err: Error | undefined): Fields | undefined {
  const has = shownIn(output)
  const shown = (value: unknown) =>
    everyText(typeof value === 'string' ? value : snapshot(value), (text) => has(text.slice(0, LONG)))
  const repeats = err ? repeating(err) : () => false
  return filled(Object.fromEntries(fields.filter(([key, value]) => !repeats(key, value) && shown(value))))
}

function repeating(err: Error): (key: string, value: unknown) => boolean {
  const told: readonly unknown[] = [err, err.message, err.stack, err.cause]
  return (key, value) =>
    // nest-winston puts the stack into a list.
    told.includes(Array.isArray(value) && value.length === 1 ? value[0] : value) ||
    Object.getOwnPropertyDescriptor(err, key)?.value === value
}
