import { stripVTControlCharacters } from 'node:util'
import { FORMATS, json } from './formats'
import { normal, type Write } from './writes'

// biome-ignore lint/suspicious/noExplicitAny: records are checked by the tests
type LogRecord = any

/** A native write, and whose its line can be: nobody's where its look tells nothing. */
interface Line {
  readonly write: Write
  readonly owners: readonly { source: string; namespace: string | undefined; msg: string }[]
  readonly msg: string
}

/** What did not come out one to one. */
export interface Difference {
  readonly lost: readonly Write[]
  readonly extra: readonly { source: string; namespace?: string; msg: string }[]
}

/** A frame of Node's own code, where a logger writes a stack line by line: `normal` takes it out of the others. */
const CORE_FRAME = /^[^\n"]* {4}at [^\n]*\bnode:[^\n]*\n$/

/** Whether a record is of this entry of `prints`: `source`, or `source namespace` with `*` for any text. */
export function isOf(entry: string, { source, namespace }: LogRecord): boolean {
  const [name, pattern] = entry.split(' ')
  if (pattern === undefined || source !== name) return source === name
  const parts = pattern.split('*').map((part) => part.replace(/[.\\/+?^${}()|[\]]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(namespace ?? '')
}

/**
 * Finds the record of each native line. A record has one line, of its logger and namespace where the look of the line
 * tells them; a stack printed right behind its message is of the same record. A raw write may hold several lines, each of
 * a record of its own.
 *
 * @param written each write of the native run
 * @param prints the entries of the service: only the formats of these loggers are looked for
 */
export function cover(
  written: readonly Write[],
  records: readonly LogRecord[],
  prints: readonly string[],
): Difference {
  const sources = new Set(prints.map((entry) => entry.split(' ')[0] ?? ''))
  const lines = wholeLines(written)
    .filter(({ text }) => !CORE_FRAME.test(text))
    .map((write) => lineOf(write, sources))
  const ofLogger = ({ source }: LogRecord) => source !== 'stdout' && source !== 'stderr'
  const extra = records
    .filter(ofLogger)
    .sort(longestFirst)
    .filter((record) => !takeLine(lines, record))

  const raw = records.filter((record) => !ofLogger(record))
  const parts = raw.flatMap((record) => partsOf(record.msg).map((msg) => ({ ...record, msg })))
  const lost = lines.filter((line) => !isRaw(line, prints) || !takeParts(parts, line))
  return {
    lost: lost.map(({ write }) => write),
    extra: [...extra, ...parts].map(({ source, namespace, msg }) => ({
      source,
      namespace,
      msg: normal(msg),
    })),
  }
}

/** Some loggers write a line in pieces. */
function wholeLines(written: readonly Write[]): readonly Write[] {
  const whole: Write[] = []
  for (const write of written) {
    const above = whole.findLast(({ stream }) => stream === write.stream)
    if (above === undefined || above.text.endsWith('\n')) whole.push(write)
    else whole[whole.indexOf(above)] = { ...above, text: above.text + write.text }
  }
  return whole
}

function lineOf(write: Write, sources: ReadonlySet<string>): Line {
  const text = stripVTControlCharacters(write.text).replace(/\n$/, '')
  const owners = Object.entries(FORMATS).flatMap(([source, read]) => {
    const told = sources.has(source) ? read(text) : undefined
    return told ? [{ source, namespace: told.namespace, msg: normal(told.msg) }] : []
  })
  return { write, owners, msg: normal(text) }
}

/** Takes the line of a record, or the lines, out of those that no record has. */
function takeLine(lines: Line[], record: LogRecord): boolean {
  const told = normal(record.msg)
  const [line] = lines.filter((line) => isLineOf(line, record, told)).sort(nearestTo(record))
  const at = line ? lines.indexOf(line) : startOf(lines, record)
  if (at === -1) return false
  const length = line ? 1 : partsOf(record.msg).length
  const stack = record.err && normal(record.err.stack)
  const isBehind = lines[at + length]?.msg === stack
  lines.splice(at, isBehind ? length + 1 : length)
  return true
}

function isLineOf({ owners, msg }: Line, { source, namespace }: LogRecord, told: string): boolean {
  if (owners.length > 0)
    return owners.some(
      (owner) => owner.source === source && owner.namespace === namespace && owner.msg === told,
    )
  if (source in FORMATS) return false
  if (source === 'console') return msg === told && namespace === undefined
  if (told === '') return namespace === undefined ? msg === '' : msg.trim().endsWith(namespace)
  return msg.includes(told) && msg.includes(namespace ?? '')
}

/** Where the lines of a message begin that its logger, npmlog, writes one by one, a prefix before each. */
function startOf(lines: readonly Line[], { source, namespace = '', msg }: LogRecord): number {
  const parts = partsOf(msg)
  if (source in FORMATS || parts.length < 2) return -1
  const isPart = (part: string, line?: Line) => line?.msg.endsWith(part) && line.msg.includes(namespace)
  return lines.findIndex((_, at) => parts.every((part, offset) => isPart(part, lines[at + offset])))
}

/** A line that a logger of the service would have printed may come through the net only where `prints` says so. */
function isRaw({ owners, write }: Line, prints: readonly string[]): boolean {
  return owners.every(({ namespace }) =>
    prints.some((entry) => entry.includes(' ') && isOf(entry, { source: write.stream, namespace })),
  )
}

/** Takes the lines of a raw write out of those of the records, with the namespace where it looks like debug's. */
function takeParts(parts: LogRecord[], { write: { stream, text } }: Line): boolean {
  const bare = stripVTControlCharacters(text)
  const known = FORMATS.debug?.(bare)?.namespace
  return partsOf(bare).every((line) => {
    const msg = ofJson(line)?.msg ?? line
    const found = parts
      .filter((part) => part.source === stream && msg.endsWith(part.msg))
      .filter(({ namespace }) => known === undefined || known === namespace)
      .sort(longestFirst)[0]
    if (found) parts.splice(parts.indexOf(found), 1)
    return found !== undefined
  })
}

const ofJson = json(({ msg, message }) => ({ msg: normal(String(msg ?? message)) }))

/** The net keeps blank lines with those around them. */
function partsOf(text: string): readonly string[] {
  return normal(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function longestFirst(a: { msg: string }, b: { msg: string }): number {
  return b.msg.length - a.msg.length
}

/** The line with the least besides the message, one with the namespace if there is one. */
function nearestTo({ namespace }: LogRecord): (a: Line, b: Line) => number {
  const excess = ({ msg }: Line) => (msg.includes(namespace) ? 0 : 1_000) + msg.length
  return (a, b) => excess(a) - excess(b)
}
