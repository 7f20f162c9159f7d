import { replaceMethod } from '../../core/shim'
import type { Entries, Line } from './line'
import { type Info, isToBePrinted, MESSAGE } from './pipeline'

interface Format {
  transform(info: Info, options: object): Info
}

interface Winston {
  readonly format?: { readonly json?: { readonly Format?: { readonly prototype: Format } } }
}

/** What a line of JSON shows. */
interface Shown {
  readonly text: unknown
  /** All that the format found. */
  readonly fields: Entries
  /** What they say, where each is shown as it is. */
  readonly line: Line | undefined
}

/** The newest: what a format shows whole, nobody has to look for in the text. */
let newest: Shown | undefined

/** A text that JSON has as it is, and no terminal acts on. */
const PLAIN = /^[^\p{Cc}\p{Cs}"\\]+$/u

/** Watches the format `json` of the logform that winston has. */
export function patchJson(winston: Winston): void {
  // Node warns of what is read and not there while modules load each other in a circle, as those of 2 do.
  const format = Object.hasOwn(winston, 'format') ? winston.format : undefined
  const prototype = format?.json?.Format?.prototype
  if (prototype === undefined) return
  const { transform } = prototype
  // A disabled line passes here.
  replaceMethod(prototype, 'transform', function (this: Format, given: Info, options: object): unknown {
    const info = transform.call(this, given, options)
    try {
      newest = isToBePrinted() ? shownOf(info, options) : undefined
    } catch {
      // A getter of the program's: the text is all that is known.
      newest = undefined
    }
    return info
  })
}

/** What a line of JSON shows; undefined where it has to be looked for. */
export function shownAsJson(text: unknown): Shown | undefined {
  return newest?.text === text ? newest : undefined
}

/** Fields that a record has in places of its own. */
export function isNamed(key: string, value: unknown): boolean {
  if (key === 'label') return typeof value === 'string'
  return key === 'level' || key === 'message' || key === 'timestamp'
}

function shownOf(info: Info, options: object): Shown | undefined {
  // An option may leave something out, or put another thing in its place.
  if (Object.keys(options).length > 0 || 'toJSON' in info) return undefined
  const fields = Object.entries(info)
  return { text: info[MESSAGE], fields, line: lineOf(fields) }
}

function lineOf(fields: Entries): Line | undefined {
  const data: Record<string, unknown> = {}
  let msg = ''
  let hasData = false
  for (const [key, value] of fields) {
    if (key === 'message' && isPlain(value)) msg = value.trimStart()
    if (isNamed(key, value)) continue
    if (key === '__proto__' || !isFlat(value)) return undefined
    data[key] = value
    hasData = true
  }
  return msg === '' ? undefined : { msg, data: hasData ? data : undefined }
}

function isFlat(value: unknown): boolean {
  return isPlain(value) || Number.isFinite(value) || typeof value === 'boolean' || value === null
}

function isPlain(value: unknown): value is string {
  return typeof value === 'string' && PLAIN.test(value)
}
