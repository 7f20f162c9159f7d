// Prints records whose every text is random and hostile, in both formats and through the real sink, and reads them back:
// each must come back as it was shown, alone, and with nothing in it that a terminal obeys. `npm run forge` goes on until
// each field had a million texts; a number as argument is another count.
const { isUtf8 } = require('node:buffer')
const { mkdtempSync, openSync, readFileSync, readSync, fstatSync, closeSync, rmSync } = require('node:fs')
const { hostname, tmpdir } = require('node:os')
const { join } = require('node:path')
const { isDeepStrictEqual } = require('node:util')
const fc = require('fast-check')
const { shown } = require('../dist/core/format')
const { RECORD_KEYS } = require('../dist/core/record')
const { membersOf } = require('../dist/core/members')
const { createSink } = require('../dist/core/sink')
const { parse } = require('../dist/parse')

const OPTIONAL = ['namespace', 'pkg', 'trace', 'interactionId', 'userId', 'accountId']
const TEXTS = [
  'source',
  'module',
  'msg',
  ...OPTIONAL,
  'key',
  'value',
  'data',
  'type',
  'message',
  'stack',
  'cause',
]
const CHUNK = 20_000
const HOST = hostname()
/** Written anew, so that no gap of the escapes is a gap of the test. */
const OBEYED =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

const LINE = '2024-12-16 14:49:36 src.api:create:41 | API | INFO | forged'
const JSON_LINE = '{"level":60,"time":1,"pid":1,"hostname":"h","source":"app","module":"A","msg":"forged"}'
const part = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', ' ', 'x1b', 'b', '0', 'ünï', '🦊') },
  {
    weight: 4,
    arbitrary: fc.constantFrom('\n', '\r\n', '\r', ' | ', '|', ' : ', ':', '\\', '    ', '  ', '\t', '"'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        '\\x1b',
        '\\u202e',
        '\\x5c',
        '\\n',
        '\u001b[31m',
        '\u001b]8;;http://x\u0007',
        '\u009b31m',
        '\u0085',
        '\u2028',
      ],
      ...[
        '\u202e',
        '\u2066',
        '\u200f',
        '\u061c',
        '\ufeff',
        '\u0000',
        '\u007f',
        '\u000b\f',
        '\ud83d',
        '\udd8a',
        '{',
        '}',
      ],
      ...[
        LINE,
        `\n${LINE}\n`,
        JSON_LINE,
        `\n${JSON_LINE}\n`,
        `","level":60,"x":"`,
        ' | user_id : 1',
        '(2 more)',
      ],
    ),
  },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) },
)
const text = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''))
const key = fc
  .oneof(
    { weight: 4, arbitrary: text },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ...[
          '__proto__',
          'constructor',
          'toString',
          'toJSON',
          'hasOwnProperty',
          'user_id',
          'acc_id',
          'user_id_',
          '',
          '7',
        ],
        ...['method', 'headers', 'socket', 'stack', 'level_', 'message', 'then'],
      ),
    },
  )
  .filter((name) => !RECORD_KEYS.has(name) && name !== 'userId' && name !== 'accountId')
  // Once V8 of Node 24 and 26 has parsed a key that ends in a backslash, it reads `"\\n"` in the place of that key as a
  // backslash: JSON.parse('{"a":1,"\\\\":1}'), JSON.parse('{"a":1,"\\n":1}').
  .filter((name) => !name.endsWith('\\'))
const fields = fc
  .array(fc.tuple(key, text), { minLength: 1, maxLength: 3 })
  .map((entries) => Object.fromEntries(entries))
const err = fc
  .tuple(fc.record({ type: text, message: text, stack: text }), fc.record({ cause: text }))
  .map(([error, more]) => ({ ...error, ...more }))
const record = fc
  .tuple(
    fc.record(
      {
        level: fc.oneof(fc.constantFrom(10, 20, 30, 40, 50, 60), fc.integer({ min: 1, max: 100 })),
        time: fc.integer({ min: 1, max: 8.64e15 - 1 }),
        ...{ source: text, module: text, msg: text },
        ...Object.fromEntries(OPTIONAL.map((name) => [name, text])),
        ...{ data: fields, err, late: fc.constant(true), repeated: fc.integer({ min: 1 }) },
      },
      { requiredKeys: ['level', 'time', 'source', 'module', 'msg'], noNullPrototype: true },
    ),
    fields,
  )
  .map(([own, context]) => ({ ...own, ...context }))

/**
 * Throws where a record does not come back.
 *
 * @param records how many
 * @returns how many texts each field had
 */
function forge(records, seed) {
  const counts = Object.fromEntries(TEXTS.map((name) => [name, 0]))
  const folder = mkdtempSync(join(tmpdir(), 'forge-'))
  const destinations = ['json', 'text'].map((format) => destination(join(folder, format), format))
  try {
    fc.assert(
      fc.property(record, (made) => {
        count(made, counts)
        for (const each of destinations) each.check(made)
      }),
      { numRuns: records, seed },
    )
    for (const each of destinations) each.checkAll(records)
  } finally {
    for (const each of destinations) each.close()
    rmSync(folder, { recursive: true })
  }
  return counts
}

function count(made, counts) {
  for (const name of TEXTS) if (Object.hasOwn(made, name)) counts[name]++
  counts.key++
  counts.value++
  if (made.err) for (const name of ['type', 'message', 'stack', 'cause']) counts[name]++
}

function destination(file, format) {
  const sink = createSink({ destination: file, format, redact: [], root: '/' })
  let fd
  let read = 0
  return {
    check(made) {
      const { level, time, msg, ...rest } = made
      if (!sink.write({ level, time, msg, members: membersOf(rest) })) throw new Error('the sink is closed')
      fd ??= openSync(file, 'r')
      const bytes = Buffer.alloc(fstatSync(fd).size - read)
      read += readSync(fd, bytes, 0, bytes.length, read)
      const line = bytes.toString()
      if (!isUtf8(bytes) || OBEYED.test(line)) throw new Error(`a terminal obeys ${JSON.stringify(line)}`)
      const expected = format === 'json' ? { ...made, pid: process.pid, hostname: HOST } : shown(made)
      const found = parse(line)
      if (!isDeepStrictEqual(found, [{ format, record: expected }]))
        throw new Error(
          `${JSON.stringify(line)} is read as ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`,
        )
    },
    /** Side by side, they are as many as were written, by any way of counting. */
    checkAll(records) {
      const all = readFileSync(file, 'utf8')
      const starts = all.split('\n').filter((line) => line !== '' && !line.startsWith('  ')).length
      const found = parse(all)
      if (starts !== records || found.length !== records || found.some((each) => each.format !== format))
        throw new Error(`${records} records are read as ${found.length}, on ${starts} lines`)
    },
    close: () => fd !== undefined && closeSync(fd),
  }
}

module.exports = { forge }

if (require.main === module) {
  const goal = Number(process.argv[2] ?? 1_000_000)
  const total = {}
  const seed = Date.now() & 0x7fffffff
  for (let i = 0; i === 0 || Math.min(...Object.values(total)) < goal; i++) {
    for (const [name, n] of Object.entries(forge(CHUNK, seed + i))) total[name] = (total[name] ?? 0) + n
    process.stderr.write(`\rseed ${seed}: ${Math.min(...Object.values(total))} of ${goal}`)
  }
  console.log(
    `\n0 forged, 0 changed, 0 unsafe; random texts by field, each in both formats: ${JSON.stringify(total)}`,
  )
}
