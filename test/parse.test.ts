import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { forge } from '../scripts/forge.cjs'
import { formatText } from '../src/core/format'
import { type Parsed, parse, parseStream } from '../src/parse'
import { node, ROOT, unified } from './support/run'

const LINE =
  '2024-12-16 14:49:36 src.api.accounts:create:41 | API | WARN | quota nearly used | s-1 | user_id : 42 | eu : x'
const RECORD = {
  level: 40,
  time: '2024-12-16 14:49:36',
  trace: 'src.api.accounts:create:41',
  module: 'API',
  msg: 'quota nearly used',
  interactionId: 's-1',
  userId: '42',
  eu: 'x',
}
const JSON_RECORD = {
  ...{ level: 30, time: 1, pid: 1, hostname: 'h', source: 'app', module: 'A', msg: 'text' },
  ...{ data: { a: [1] }, userId: 42 },
}

describe('parse', () => {
  it('reads a line of text', () => {
    expect(parse(LINE)).toEqual([{ format: 'text', record: RECORD }])
    expect(parse(`${LINE}\n`)).toEqual(parse(LINE))
  })

  it('reads a coloured line', () => {
    const colored = LINE.replace('WARN', '\u001b[33mWARN\u001b[39m')
    expect(parse(colored)).toEqual([{ format: 'text', record: RECORD }])
  })

  it('reads a line of JSON', () => {
    expect(parse(JSON.stringify(JSON_RECORD))).toEqual([{ format: 'json', record: JSON_RECORD }])
  })

  it('tells the further lines of a message from an error', () => {
    const text = `${LINE}\n    second\n      third\n  Error: boom\n      at act (a.js:1:2)\n${LINE}\n`
    expect(parse(text)).toEqual([
      {
        format: 'text',
        record: {
          ...RECORD,
          msg: 'quota nearly used\nsecond\n  third',
          err: { stack: 'Error: boom\n    at act (a.js:1:2)' },
        },
      },
      { format: 'text', record: RECORD },
    ])
  })

  it('gives back what is between records, line by line', () => {
    const found = parse(`  orphan\n${LINE}\nraw\n  more\n\n${JSON.stringify(JSON_RECORD)}\n  more\n`)
    expect(found.map((each) => (each.format === 'none' ? each.text : each.format))).toEqual([
      ...['  orphan', 'text', 'raw', '  more', '', 'json', '  more'],
    ])
  })

  it('nothing is nothing', () => {
    expect(parse('')).toEqual([])
    expect(parse('\n')).toEqual([{ format: 'none', text: '' }])
  })

  it('never reads a key as a prototype', () => {
    const [found] = parse(`${LINE} | __proto__ : x`)
    expect(Object.entries((found as { record: object }).record)).toContainEqual(['__proto__', 'x'])
    expect(Object.getPrototypeOf((found as { record: object }).record)).toBe(Object.prototype)
  })

  it('takes time in proportion to the length', () => {
    for (const part of [' | ', ' : ', '\\x5c', '\\', ' ', '_', '\n    ', '\n  \\x20', '\n', `${LINE}\n`]) {
      const long = part.repeat(100_000 / part.length)
      parse(LINE + long)
      parse(formatText({ ...JSON_RECORD, msg: long, [long]: long, interactionId: long }, false))
    }
  })
})

describe('what no record prints is no record', () => {
  it.each([
    ['no such date', LINE.replace('12-16', '13-16')],
    ['no such time', LINE.replace('14:49', '24:49')],
    ['no level', LINE.replace('WARN', 'LOUD')],
    ['a level in small letters', LINE.replace('WARN', 'warn')],
    ['the level of another colour', LINE.replace('WARN', '\u001b[31mWARN\u001b[39m')],
    ['no message', '2024-12-16 14:49:36 | API | WARN'],
    ['an interaction behind a field', `${LINE} | s-2`],
    ['two interactions', LINE.replace('| s-1', '| s-1 | s-2')],
    ['the same field twice', `${LINE} | eu : y`],
    ['user and account in the wrong order', `${LINE} | acc_id : 7`],
    ['a field with the name of a key', `${LINE} | level : 60`],
    ['a column that was not escaped', LINE.replace('quota', 'quota | nearly')],
    ['a control character', LINE.replace('quota', '\u001b[31mquota')],
    ['one in a further line', `${LINE}\n    \u009b31m`],
    ['a reading direction', LINE.replace('quota', '\u202equota')],
    ['an escape where none is needed', LINE.replace('quota', '\\x71uota')],
    ['a line break of Windows', `${LINE}\r`],
    ['white space before it', ` ${LINE}`],
    ['a byte order mark before it', `\ufeff${LINE}`],
    ['another JSON', '{"level":30,"time":1,"msg":"text"}'],
    ['JSON with a key of another type', JSON.stringify({ ...JSON_RECORD, level: '30' })],
    ['JSON in several parts', `${JSON.stringify(JSON_RECORD)}{}`],
    ['JSON that was cut', JSON.stringify(JSON_RECORD).slice(0, -1)],
    ['a reading direction in JSON', JSON.stringify({ ...JSON_RECORD, msg: '\u202e' })],
    ['half a pair in JSON', JSON.stringify(JSON_RECORD).replace('text', '\ud83d')],
  ])('%s', (_what, text) => {
    expect(parse(text)).toEqual(text.split('\n').map((line) => ({ format: 'none', text: line })))
  })
})

it('a stream gives the same, wherever it is cut', async () => {
  const text = `${LINE}\n    ü🦊\n  Error\n${JSON.stringify(JSON_RECORD)}\nraw 🦊\n${LINE}`
  for (const whole of [text, Buffer.from(text)]) {
    for (const size of [1, 3, 64, whole.length]) {
      const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) =>
        whole.slice(i * size, (i + 1) * size),
      )
      const found: Parsed[] = []
      for await (const each of parseStream(chunks)) found.push(each)
      expect(found).toEqual(parse(text))
    }
  }
})

it('random texts in every field come back through the sink, in both formats', () => {
  const counts = Object.values(forge(2_000))
  expect(Math.min(...counts)).toBeGreaterThan(1_000)
})

const OBEYED =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]/

describe('hostile texts through real loggers', () => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'injections-')))
  mkdirSync(join(dir, 'node_modules/@x'), { recursive: true })
  symlinkSync(ROOT, join(dir, 'node_modules/@x/unify-logs'))
  mkdirSync(join(dir, 'app'))
  cpSync(join(ROOT, 'fixtures/preload/injections.cjs'), join(dir, 'app/injections.cjs'))
  for (const name of ['winston', 'pino', 'debug']) symlinkSync(join(ROOT, 'fixtures', name), join(dir, name))
  afterAll(() => rmSync(dir, { recursive: true }))

  it.each(['json', 'text'])(
    'each line is one record, and nothing is sent that a terminal obeys (%s)',
    async (format) => {
      const run = await unified(join(dir, 'app/injections.cjs'), { UNIFY_LOGS_FORMAT: format })
      expect([run.stderr, run.code]).toEqual(['', 0])
      const found = parse(run.stdout)
      expect(found.filter((each) => each.format !== format)).toEqual([])
      expect(found.length).toBe(Number(run.observed))
      expect(run.stdout).not.toMatch(OBEYED)
      const levels = found.map((each) => each.format !== 'none' && each.record.level)
      expect(levels.filter((level) => level === 60)).toEqual([60])
    },
  )

  it('what we say ourselves on stderr is one line, too', async () => {
    const act =
      "const { complain } = require('./dist/core/guard'); complain('a\\u001b[2J\\nunify-logs: b\\u202e')"
    const { stderr } = await node(['-e', act])
    expect(stderr).toBe('unify-logs: a\\x1b[2J\\x0aunify-logs: b\\u202e\n')
  })
})
