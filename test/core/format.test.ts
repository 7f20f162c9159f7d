import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatText } from '../../src/core/format'
import { type LogRecord, RECORD_KEYS } from '../../src/core/record'
import { ROOT } from '../support/run'

const RECORD: LogRecord = {
  level: 30,
  time: new Date(2024, 11, 16, 14, 49, 36).getTime(),
  pid: 1,
  hostname: 'host',
  source: 'app',
  namespace: 'API',
  module: 'API',
  pkg: 'express@5.0.0',
  trace: 'src.api.accounts:create:41',
  msg: 'quota nearly used',
}
const START = '2024-12-16 14:49:36 src.api.accounts:create:41 | API | INFO | '

const text = (fields: Partial<LogRecord>, colors = false) => formatText({ ...RECORD, ...fields }, colors)

describe('the line', () => {
  it.each<[string, Partial<LogRecord>, string]>([
    ['has time, call site, module, level and message', {}, `${START}quota nearly used\n`],
    [
      'has no place for a missing call site',
      { trace: undefined },
      '2024-12-16 14:49:36 | API | INFO | quota nearly used\n',
    ],
    ['ends in the interaction', { interactionId: 's-1' }, `${START}quota nearly used | s-1\n`],
    [
      'and its user, account and other fields, in that order',
      { other: 'Z', accountId: 7, interactionId: 's-1', userId: 42 },
      `${START}quota nearly used | s-1 | user_id : 42 | acc_id : 7 | other : Z\n`,
    ],
    [
      'takes no field for one of its own',
      { constructor: 1, toString: 2 } as never,
      `${START}quota nearly used | constructor : 1 | toString : 2\n`,
    ],
    ['shows an account without a user', { accountId: 7 }, `${START}quota nearly used | acc_id : 7\n`],
    [
      'shows deep fields in one line',
      { a: { b: [1, { c: null }] } },
      `${START}quota nearly used | a : { b: [ 1, { c: null } ] }\n`,
    ],
    [
      'shows data behind the message',
      { data: { took: 12, of: 'x' } },
      `${START}quota nearly used { took: 12, of: 'x' }\n`,
    ],
    ['shows data alone', { msg: '', data: { took: 12 } }, `${START}{ took: 12 }\n`],
    ['may have an empty message', { msg: '' }, `${START}\n`],
  ])('%s', (_what, fields, expected) => {
    expect(text(fields)).toBe(expected)
  })

  it.each([
    [10, 'TRACE'],
    [20, 'DEBUG'],
    [30, 'INFO'],
    [35, 'INFO'],
    [40, 'WARN'],
    [50, 'ERROR'],
    [60, 'FATAL'],
  ])('level %i is %s', (level, name) => {
    expect(text({ level })).toContain(` | API | ${name} | `)
  })

  it('pads the local time', () => {
    expect(text({ time: new Date(2025, 0, 2, 3, 4, 5, 678).getTime() })).toMatch(/^2025-01-02 03:04:05 /)
  })

  it('colours the level alone', () => {
    const colored = text({ level: 50, interactionId: 's-1' }, true)
    expect(colored).toBe(
      text({ level: 50, interactionId: 's-1' }).replace('ERROR', '\u001b[31mERROR\u001b[39m'),
    )
  })
})

const stack = 'TypeError: boom\n    at act (/app/a.js:1:2)\n    at node:internal/main:1:1'
const inner = { type: 'Error', message: 'why', stack: 'Error: why\n    at deep (/app/b.js:3:4)' }

describe('an error', () => {
  it.each<[string, Partial<LogRecord>, string[]]>([
    [
      'stands below its line, indented',
      { err: { type: 'TypeError', message: 'boom', stack } },
      ['quota nearly used', ...lines(stack)],
    ],
    [
      'stands below the context, too',
      { interactionId: 's-1', err: { type: 'TypeError', message: 'boom', stack } },
      ['quota nearly used | s-1', ...lines(stack)],
    ],
    [
      'is not shown twice',
      { msg: `failed ${stack}`, err: { message: 'boom', stack } },
      lines(`failed ${stack}`),
    ],
    [
      'without a stack has its type and message',
      { err: { type: 'TypeError', message: 'boom' } },
      ['quota nearly used', 'TypeError: boom'],
    ],
    [
      'with an empty stack, too',
      { err: { type: 'TypeError', message: 'boom', stack: '' } },
      ['quota nearly used', 'TypeError: boom'],
    ],
    [
      'shows its causes',
      { err: { type: 'TypeError', message: 'boom', stack, cause: { ...inner, cause: 'text' } } },
      ['quota nearly used', ...lines(stack), ...lines(`caused by: ${inner.stack}`), "caused by: 'text'"],
    ],
  ])('%s', (_what, fields, expected) => {
    const indent = fields.msg === undefined ? '  ' : '    '
    const [first, ...rest] = expected
    expect(text(fields)).toBe(`${START}${[first, ...rest].join(`\n${indent}`)}\n`)
  })
})

/** Texts that would forge a record, move the cursor or turn the reading direction, and how they are shown. */
const HOSTILE: Record<string, [sent: string, shown: string]> = {
  'line feed': [`a\n${START}forged`, `a\n    ${START}forged`],
  'line break of Windows': ['a\r\nb', 'a\\x0d\n    b'],
  'carriage return': ['a\rb', 'a\\x0db'],
  'vertical tab and form feed': ['a\u000b\u000cb', 'a\\x0b\\x0cb'],
  'next line': ['a\u0085b', 'a\\x85b'],
  'line and paragraph separator': ['a\u2028\u2029b', 'a\\u2028\\u2029b'],
  colour: ['\u001b[31mred', '\\x1b[31mred'],
  'title of the terminal': ['\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
  'C1 control': ['\u009b31m\u0090', '\\x9b31m\\x90'],
  'backspace, delete and nul': ['a\b\u007f\u0000', 'a\\x08\\x7f\\x00'],
  'right-to-left override': ['\u202eexe\u202c', '\\u202eexe\\u202c'],
  'isolates and marks': [
    '\u2066\u2067\u2068\u2069\u200e\u200f\u061c',
    '\\u2066\\u2067\\u2068\\u2069\\u200e\\u200f\\u061c',
  ],
  'byte order mark': ['\ufeffa', '\\ufeffa'],
}

describe.each(Object.entries(HOSTILE))('%s', (_name, [sent, shown]) => {
  it('is shown in the message, not sent', () => {
    expect(text({ msg: sent })).toBe(`${START}${shown}\n`)
  })

  it.each(['trace', 'module', 'interactionId', 'userId', 'other'])('makes no second line in %s', (key) => {
    expectOneSafeLine(text({ [key]: sent }))
    expectOneSafeLine(text({ [key]: { [sent]: sent } as never }))
  })

  it('makes no second line in a key or in data', () => {
    expectOneSafeLine(text({ [sent]: 1 }))
    expectOneSafeLine(text({ data: { [sent]: sent, nested: [sent] } }))
  })

  it('is shown in an error, and its lines are indented', () => {
    const printed = text({ err: { type: sent, message: sent, stack: `${sent}\n    at x`, cause: sent } })
    const [first, ...rest] = printed.trimEnd().split('\n')
    expect(first).toBe(`${START}quota nearly used`)
    for (const line of rest) expect(line).toMatch(/^ {2}/)
    expect(printed).not.toMatch(UNSAFE)
  })
})

it('the docs describe every key of a record', () => {
  const rows = readFileSync(join(ROOT, 'docs/records.md'), 'utf8').matchAll(/^\| `(\w+)` \|/gm)
  expect([...rows].map(([, key]) => key).toSorted()).toEqual([...RECORD_KEYS].toSorted())
})

const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/

function expectOneSafeLine(printed: string): void {
  expect(printed).toMatch(/^[^\n]*\n$/)
  expect(printed).not.toMatch(UNSAFE)
}

function lines(text: string): string[] {
  return text.split('\n')
}
