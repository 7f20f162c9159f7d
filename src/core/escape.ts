import { lazily } from './lazily'

/** What a terminal or a reader of lines acts on: shown, never sent. Of the control characters a tab alone is sent: it is white space. */
const UNSAFE = String.raw`(?!\t)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]`
/** A backslash stays what it is, but where the text behind it would read as an escape of ours. */
const BACKSLASH = String.raw`\\(?=x[\da-f]{2}|u[\da-f]{4})`
/** A bar or a colon that could be part of ` | ` or ` : `, with what stands before and behind the text as well. */
const between = (mark: string): string => `(?<![^ ])${mark}(?![^ ])`

const unsafe = lazily('gu', UNSAFE)
/** All but the line break behind the line: JSON has escaped the others. */
const unsafeInJson = lazily('gu', `(?!\n)${UNSAFE}`)
const inLines = lazily('gu', UNSAFE, BACKSLASH)
const inColumns = lazily('gu', UNSAFE, BACKSLASH, between('\\|'))
const inKeys = lazily('gu', UNSAFE, BACKSLASH, between('[|:]'))

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: they are what it looks for
// Nearly every text has none of these, and a test for them costs a fifth of a replacement.
const SUSPECT =
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\\|]/
/** JSON has escaped the first 32 itself. */
const SUSPECT_IN_JSON = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: see above

const suspect = (text: string): boolean => SUSPECT.test(text) || !text.isWellFormed()

const ESCAPE = /\\x([\da-f]{2})|\\u([\da-f]{4})/g

/** Text for a person: `\x1b`, `\u202e` in place of what a terminal would obey, line breaks included. Not to be read back. */
export function visible(text: string): string {
  return suspect(text) ? text.replace(unsafe(), escaped) : text
}

/** One line of text, line breaks escaped as well. `unescaped` gives it back. */
export function lineText(text: string): string {
  return suspect(text) ? text.replace(inLines(), escaped) : text
}

/** A line that has no ` | ` in it, whatever columns stand around it. */
export function columnText(text: string): string {
  return suspect(text) ? text.replace(inColumns(), escaped) : text
}

/** A column that has no ` : ` in it, either. */
export function keyText(text: string): string {
  return text.includes(':') || suspect(text) ? text.replace(inKeys(), escaped) : text
}

/** Undoes `lineText`, `columnText` and `keyText`. */
export function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(ESCAPE, (_, two, four) => String.fromCharCode(Number.parseInt(two ?? four, 16)))
}

/** The same JSON, with nothing in it that a terminal or a reader of lines acts on. */
export function safeJson(line: string): string {
  return isSafeInJson(line) ? line : line.replace(unsafeInJson(), unicode)
}

/** Whether `safeJson` has nothing to do in the JSON of a text. */
export function isSafeInJson(text: string): boolean {
  return !SUSPECT_IN_JSON.test(text) && text.isWellFormed()
}

/** Whether a text has nothing in it that a terminal or a reader of lines acts on. */
export function isSafe(text: string): boolean {
  return visible(text) === text
}

/** `\x1b` or `\u202e`. */
export function escaped(char: string): string {
  const code = char.charCodeAt(0)
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : unicode(char)
}

function unicode(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}
