import { isSafe, unescaped } from './core/escape'
import { IN_ERROR, IN_MESSAGE, LABELLED, print } from './core/format'
import { recordOf } from './core/json-line'
import { LEVELS, type LevelName } from './core/levels'
import type { LogRecord, TextRecord } from './core/record'

export type { LogRecord, TextRecord } from './core/record'

/** A record of the JSON format, a record of the text format, or one line that is no record. */
export type Parsed =
  | { readonly format: 'json'; readonly record: LogRecord }
  | { readonly format: 'text'; readonly record: TextRecord }
  | { readonly format: 'none'; readonly text: string }

/**
 * Reads what a process printed, in either format or both. A record is only what a record prints, to the letter: all else
 * comes back line by line as it is. Takes time in proportion to the length.
 *
 * @param text any number of lines; the last line break may be missing
 */
export function parse(text: string): Parsed[] {
  const reader = new Reader()
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return [...lines.flatMap((line) => reader.read(line)), ...reader.end()]
}

/**
 * The same for a stream: a file, a pipe, the `stdout` of a child process. A record comes when the line behind it does.
 *
 * @param chunks text, or bytes of UTF-8, cut anywhere
 * @throws what `chunks` throws
 */
export async function* parseStream(
  chunks: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
): AsyncGenerator<Parsed, void, undefined> {
  const reader = new Reader()
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let begun: string[] = []
  for await (const chunk of chunks) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    const [first = '', ...lines] = text.split('\n')
    begun.push(first)
    for (const next of lines) {
      yield* reader.read(begun.join(''))
      begun = [next]
    }
  }
  const last = begun.join('') + decoder.decode()
  if (last !== '') yield* reader.read(last)
  yield* reader.end()
}

const FIRST = /^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d /
const START =
  /^(?<time>\d{4,6}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]) (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?: (?<trace>.*))?$/s
// biome-ignore lint/suspicious/noControlCharactersInRegex: our own colour
const COLORED = /^\u001b\[\d\dm(?<name>[A-Z]+)\u001b\[39m$/

/** Gathers the lines of a record. */
class Reader {
  #lines: string[] = []

  read(line: string): Parsed[] {
    if (this.#lines.length > 0 && line.startsWith(IN_ERROR)) {
      this.#lines.push(line)
      return []
    }
    const done = this.end()
    if (FIRST.test(line)) this.#lines = [line]
    else done.push(ofJson(line) ?? { format: 'none', text: line })
    return done
  }

  end(): Parsed[] {
    const lines = this.#lines
    this.#lines = []
    if (lines.length === 0) return []
    const record = ofText(lines)
    return record ? [{ format: 'text', record }] : lines.map((text) => ({ format: 'none', text }))
  }
}

function ofJson(line: string): Parsed | undefined {
  const record = recordOf(line)
  return record && isSafe(line) ? { format: 'json', record } : undefined
}

/** Reads leniently, and prints what it read: it is a record if the same lines come of it. */
function ofText([first = '', ...further]: readonly string[]): TextRecord | undefined {
  const [start = '', module, label = '', message, ...columns] = first.split(' | ')
  const { time, trace } = START.exec(start)?.groups ?? {}
  const colored = COLORED.exec(label)?.groups?.name
  const level = LEVELS[(colored ?? label).toLowerCase() as LevelName]
  if (time === undefined || module === undefined || message === undefined || level === undefined)
    return undefined

  const split = further.findIndex((line) => !line.startsWith(IN_MESSAGE))
  const below = split < 0 ? [] : further.slice(split).map((line) => unescaped(line.slice(IN_ERROR.length)))
  const more = (split < 0 ? further : further.slice(0, split)).map((line) => line.slice(IN_MESSAGE.length))
  const id = columns[0]?.includes(' : ') === false ? columns.shift() : undefined
  const record: TextRecord = {
    level,
    time,
    ...(trace !== undefined && { trace: unescaped(trace) }),
    module: unescaped(module),
    msg: [message, ...more].map(unescaped).join('\n'),
    ...(id !== undefined && { interactionId: unescaped(id) }),
    ...(below.length > 0 && { err: { stack: below.join('\n') } }),
    ...Object.fromEntries(columns.map(field)),
  }
  return print(record, colored !== undefined) === `${[first, ...further].join('\n')}\n` ? record : undefined
}

function field(column: string): [key: string, value: string] {
  const [label = ''] = column.split(' : ', 1)
  return [LABELLED.get(label) ?? unescaped(label), unescaped(column.slice(label.length + ' : '.length))]
}
