/** The keys of a path that name something, normal, the innermost first. */
export type Path = readonly [name: string, ...above: string[]]

const HIDDEN = '[Redacted]'
/** What may stand between a name and the value: `password: `, `"password":`, `[Symbol(password)]: `, `'password' => `, `?password=`, `'password', `. */
const BETWEEN = '([\\\\"\'`)\\]]*)\\s*(=>|:|={1,3}|,)\\s*'
/** Where a name may begin: `\n` in a text that was escaped ends the word before it. */
const BEGIN = '(?:(?<![\\p{L}\\p{N}_-])|(?<=\\\\[bfnrtv]))[-_]{0,8}'
const OPEN = '{[('
const CLOSE = '}])'
/** What JSON and `util.inspect` print without quotes and in one word. */
const WORD = /(?:[-+]?(?:\d[\d_.]*(?:e[-+]?\d+)?n?|Infinity)|NaN|true|false|null|undefined)(?=[\s,;}\])]|$)/iy
const END_OF_PARAMETER = /[\s&]|[;,"'`<>)}\]#|](?=[\s,;:)}\]&"'`+]|$)|$/g
const CONTINUED = /\s*\+\s*(?=["'`])/y
const CELL = '│'

/**
 * Finds values in text by the names before them, as `util.inspect`, JSON, query strings, headers and `console.table` print
 * them. Where a value ends is not always certain: then more is hidden, never less.
 */
export function masker(
  paths: readonly Path[],
  normal: (key: string) => string,
): (text: string, above: readonly string[]) => string {
  const names = new RegExp(`${BEGIN}(${paths.map(([name]) => spelled(name)).join('|')})${BETWEEN}`, 'giu')
  const patterns = new Map(
    paths.flatMap(([, ...above]) => above).map((name) => [name, new RegExp(spelled(name), 'iu')]),
  )

  return (text, above) => {
    const keys = new Set(above.map(normal))
    const first = new Map<string, number>()
    const standsBefore = (name: string, at: number): boolean => {
      if (keys.has(name)) return true
      const found = first.get(name) ?? text.search(patterns.get(name) as RegExp)
      first.set(name, found)
      return found >= 0 && found < at
    }
    const counts = (name: string, at: number): boolean =>
      paths.some(([last, ...above]) => last === name && above.every((each) => standsBefore(each, at)))

    let shown = ''
    let end = 0
    let searched = 0
    let indented = indentation(text, 0)
    names.lastIndex = 0
    for (let match = names.exec(text); match !== null; match = names.exec(text)) {
      const [, name = '', closers = '', between = ''] = match
      const start = names.lastIndex
      const line = text.slice(searched, match.index).lastIndexOf('\n')
      if (line >= 0) indented = indentation(text, searched + line + 1)
      searched = match.index
      if ((between === ',' && !/["'`]/.test(closers)) || !counts(normal(name), match.index)) continue
      const value = valueAt(text, start, between, indented)
      if (value.end === start) continue
      // What was an object in JSON is a text in JSON.
      const quote = value.quote || (between === ':' && /\\*"$/.exec(closers)?.[0]) || ''
      shown += text.slice(end, start) + quote + HIDDEN + quote
      end = names.lastIndex = value.end
    }
    const masked = end === 0 ? text : shown + text.slice(end)
    return masked.includes(CELL)
      ? maskedTable(masked, (cell) => counts(normal(bareCell(cell)), text.length))
      : masked
  }
}

/** `apiKey` stands for `api_key` and `API-KEY` as well. */
function spelled(name: string): string {
  const letters = [...(name === 'headers' ? 'header' : name)]
  return letters.map((letter) => letter.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')).join('[-_]?')
}

/** Where the value that begins at `start` ends, and the quotes around it. */
function valueAt(
  text: string,
  start: number,
  between: string,
  indented: number,
): { end: number; quote: string } {
  const { quote, level } = quoteAt(text, start)
  if (quote !== '') {
    let end = closing(text, start + level + 1, quote, level)
    // `util.inspect` prints a text of several lines as 'one\n' + 'two'.
    for (let next = after(CONTINUED, text, end); next > end; next = after(CONTINUED, text, end)) {
      end = closing(text, next + 1, text[next] as string, 0)
    }
    return { end, quote: text.slice(start, start + level + 1) }
  }
  const word = after(WORD, text, start)
  if (word > start) return { end: word, quote: '' }
  if (between === ':' || between === '=>' || OPEN.includes(text[start] ?? ' '))
    return { end: structureEnd(text, start, indented), quote: '' }
  END_OF_PARAMETER.lastIndex = start
  return { end: END_OF_PARAMETER.exec(text)?.index ?? text.length, quote: '' }
}

/** The quote at a place, and how many backslashes stand before it: `\"` in JSON that is a text of JSON. */
function quoteAt(text: string, at: number): { quote: string; level: number } {
  let level = 0
  while (text[at + level] === '\\') level++
  const quote = text[at + level] ?? ''
  return { quote: '"\'`'.includes(quote) ? quote : '', level }
}

/** The place behind the quote that closes, or the end. */
function closing(text: string, from: number, quote: string, level: number): number {
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 1)) {
    let slashes = 0
    while (at - slashes > from && text[at - slashes - 1] === '\\') slashes++
    if (slashes >= level && (slashes - level) % (2 * (level + 1)) === 0) return at + 1
  }
  return text.length
}

function indentation(text: string, line: number): number {
  let width = 0
  while (text[line + width] === ' ' || text[line + width] === '\t') width++
  return width
}

/**
 * The end of the value's brackets, where it begins with some or with the name of a class; else of its line and of those
 * below that are indented deeper than the one with the name.
 */
function structureEnd(text: string, start: number, indented: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const char = text[at] as string
    if (depth > 0 && (char === '"' || char === "'" || char === '`')) {
      let level = 0
      while (text[at - level - 1] === '\\') level++
      at = closing(text, at + 1, char, level) - 1
    } else if (OPEN.includes(char)) depth++
    else if (CLOSE.includes(char) && depth > 0) {
      depth--
      if (depth === 0 && !/^ ?[{[(]/.test(text.slice(at + 1, at + 3)) && isStructure(text, start))
        return at + 1
    } else if (char === '\n' && depth === 0 && indentation(text, at + 1) <= indented) return at
  }
  return text.length
}

const STRUCTURE = /(?:<ref \*\d+> )?(?:[\w$]+ ?)?(?:\(\d+\) ?)?[{[(]/y

function isStructure(text: string, start: number): boolean {
  return after(STRUCTURE, text, start) > start
}

/** The place behind what a sticky pattern finds; the place itself where it finds nothing. */
function after(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

/** `console.table` prints a name at the head of its column, or of its row. */
function maskedTable(text: string, hides: (cell: string) => boolean): string {
  let columns: readonly boolean[] | undefined
  const lines = text.split('\n').map((line) => {
    if (!line.startsWith(CELL)) {
      if (line.startsWith('┌')) columns = undefined
      return line
    }
    const cells = line.split(CELL)
    if (columns === undefined) {
      columns = cells.map(hides)
      return line
    }
    const isOdd = cells.length !== columns.length && columns.includes(true)
    const row = cells.findIndex(hides)
    const last = cells.length - 1
    const masked = cells.map((cell, i) => {
      const hidden =
        i > 0 && i < last && cell.trim() !== '' && (isOdd || columns?.[i] || (row >= 0 && i > row))
      return hidden ? ` ${HIDDEN} `.padEnd(cell.length) : cell
    })
    return masked.join(CELL)
  })
  return lines.join('\n')
}

function bareCell(cell: string): string {
  return cell.trim().replace(/^['"]|['"]$/g, '')
}
