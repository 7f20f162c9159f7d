import {
  errorMessage,
  everyText,
  firstError,
  message,
  only,
  plain,
  printed,
  shownIn,
} from '../../core/message'
import type { Fields, LogCall } from '../../core/record'
import { isError, snapshot } from '../../core/snapshot'

/** A longer text than this is compared by its beginning: a snapshot cuts it. */
const LONG = 1_000

/** What a line carried. */
interface Carried {
  /** The message as the library's formats left it. */
  readonly text: unknown
  /** The line's other fields as the library's formats left them. */
  readonly fields: Fields
  /** An Error that the call carried, before any format. */
  readonly raw: Error | undefined
  /** The message before any format, where it is known. */
  readonly said?: unknown
}

type Line = Pick<LogCall, 'msg' | 'data' | 'err'>

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
  const msg = plain(message([isError(text) ? errorMessage(text) : text])).trimStart()
  const values = Object.values(fields)
  const told = [raw, ...values].find((value) => isError(value) && printed(out, errorMessage(value)))
  if (!printed(out, msg)) return { msg: out, err: told }

  // JSON shows nothing of an Error: one that the formats kept was meant to be seen.
  const err = (told ?? firstError([text, ...values])) as Error | undefined
  // That a value stands in the message says nothing of its field, unless a format put it there.
  const rest = typeof said === 'string' ? out.replace(said, ' ') : out
  const data = values.length > 0 ? printedFields(rest, fields, err) : undefined
  return { msg: msg || (err && errorMessage(err)) || (data ? '' : out), data, err }
}

/** The fields of a meta argument; an Error is none. */
export function fieldsOf(meta: unknown): Fields {
  if (meta === undefined || meta === null || isError(meta)) return {}
  return typeof meta === 'object' && !Array.isArray(meta) ? (meta as Fields) : { meta }
}

/** The fields of which every text and number was printed, but for those that only repeat the Error. */
function printedFields(output: string, fields: Fields, err: Error | undefined): Fields | undefined {
  const has = shownIn(output)
  const shown = (value: unknown) => everyText(snapshot(value), (text) => has(text.slice(0, LONG)))
  const ofError: readonly unknown[] = err ? [err, err.message, err.stack, err.cause] : []
  // nest-winston puts the stack into a list.
  const repeats = (value: unknown, key: string) =>
    ofError.includes(Array.isArray(value) && value.length === 1 ? value[0] : value) ||
    (err && Object.getOwnPropertyDescriptor(err, key)?.value === value)
  return only(fields, (value, key) => !repeats(value, key) && shown(value))
}
