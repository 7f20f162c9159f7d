// biome-ignore-all lint/suspicious/noControlCharactersInRegex: terminal sequences are what it looks for

import { type JsonLine, ofJson } from './json-line'
import { levelNamed } from './level-names'
import { LEVELS } from './levels'
import { plain } from './message'

/** What the look of a line tells of it. */
export interface Shape extends JsonLine {
  /** The source of the record, where it is not the stream. */
  readonly source?: string
  /** A logger whose policy counts for the line too: it may come from a copy of that logger. */
  readonly family?: string
  /** True where lines below it, in the same chunk, that look like nothing known are part of the message. */
  readonly block?: boolean
}

const { debug, warn, error } = LEVELS

/** `2024-12-16T14:49:36.000Z app:db text`, `Mon, 16 Dec 2024 14:49:36 GMT app:db text`. */
const DATE = String.raw`(?:\d{4}-\d\d-\d\dT[\d:.]+Z|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT)`
const DEBUG = new RegExp(`^${DATE} (?<namespace>\\S+) (?<msg>.*)$`, 's')
/** `  app:db text +3ms`, its namespace in a colour of its own on each line. */
const DEBUG_TTY =
  /^ {2}\u001b\[3\d[\d;]*m(?:\u001b\[1m)?(?<namespace>\S+) \u001b\[\d+m.*\+\d+(?:ms|[smhd])\u001b\[\d+m\s*$/s
/** `Mon, 16 Dec 2024 14:49:36 GMT express deprecated …`, or without the date in these colours. */
const DEPRECATED =
  /^(?:[A-Z][a-z]{2}, [^\n]{19,22} GMT \S+ deprecated |\u001b\[36;1m\S+\u001b\[22;39m \u001b\[33;1mdeprecated\u001b)/
const CORE = new RegExp(`^(?<set>[^\\s:]+) ${process.pid}: (?<msg>.*)$`, 's')
/** `ERROR [db] text`, `[ERROR] text`, `ERROR: text`, a date or time before it. `Error: text` is an Error's own. */
const BADGE = new RegExp(
  String.raw`^(?:\[?(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d[\d.,]*(?:Z|[+-]\d\d:?\d\d)?\]?:?\s+)?` +
    String.raw`(?:\[(?<boxed>[A-Za-z]+)\]:?|(?<upper>[A-Z]+)(?::|(?= \[))|(?<lower>[a-z]+):)` +
    String.raw`[ \t]+(?:\[(?<namespace>[\w.:/@-]+)\]:?[ \t]+)?(?<msg>.*)$`,
  's',
)
const STACK = /\n {4}at /

/**
 * @param text one message as it was written, colours and line end included
 * @returns undefined where it looks like nothing known
 */
export function shapeOf(text: string): Shape | undefined {
  const line = plain(text)
  return (
    ofJson(line) ??
    ofDeprecation(text, line) ??
    ofDebug(text, line) ??
    ofCore(line) ??
    ofBadge(line) ??
    (STACK.test(line) ? { level: error, msg: line } : undefined)
  )
}

function ofDeprecation(text: string, line: string): Shape | undefined {
  if (!DEPRECATED.test(text)) return undefined
  return {
    level: warn,
    source: 'process',
    namespace: 'deprecation',
    msg: line.replace(/^\w{3}, .*? GMT /, ''),
  }
}

function ofDebug(text: string, line: string): Shape | undefined {
  const known = { level: debug, family: 'debug', block: true }
  const { namespace, msg } = DEBUG.exec(line)?.groups ?? {}
  if (msg !== undefined) return { ...known, namespace, msg }
  const colored = DEBUG_TTY.exec(text)?.groups?.namespace
  if (colored === undefined) return undefined
  const prefix = `  ${colored} `
  const lines = line.split('\n').map((each) => (each.startsWith(prefix) ? each.slice(prefix.length) : each))
  return { ...known, namespace: colored, msg: lines.join('\n').replace(/ ?\+\d+\w+$/, '') }
}

/** Node's own lines under NODE_DEBUG. */
function ofCore(line: string): Shape | undefined {
  const { set, msg = '' } = CORE.exec(line)?.groups ?? {}
  return set === undefined
    ? undefined
    : { level: debug, source: 'debuglog', namespace: set, msg, block: true }
}

function ofBadge(line: string): Shape | undefined {
  const { boxed, upper, lower, namespace, msg = '' } = BADGE.exec(line)?.groups ?? {}
  const level = levelNamed(boxed ?? upper ?? lower ?? '')
  return level === undefined ? undefined : { level, namespace, msg }
}
