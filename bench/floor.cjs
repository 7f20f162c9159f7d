// What must a line of ours cost, whoever writes it? The parts of it that are not ours, each alone.
const { LOGGERS, pathOf } = require('./loggers.cjs')
const { loop, run } = require('./measure.cjs')

const RECORD = `{"level":30,"time":1796048692011,"pid":18256,"hostname":"vm","source":"console","module":"APP","trace":"floor:work:5","msg":"order 10000 of ada"}\n`
const PINO = `const pino = require(${JSON.stringify(pathOf('pino'))})
const l = pino(pino.destination({ dest: 1, sync: true })).child({ source: 'console', module: 'APP', trace: 'floor:work:5' })`
const CAPTURE = `const holder = {}
let frame
const prepare = (_, stack) => { frame = stack[0] }
function site() {
  const { stackTraceLimit, prepareStackTrace } = Error
  Error.stackTraceLimit = 1
  Error.prepareStackTrace = prepare
  Error.captureStackTrace(holder, site)
  void holder.stack
  Error.stackTraceLimit = stackTraceLimit
  Error.prepareStackTrace = prepareStackTrace
  return frame.getFileName().length + frame.getPosition()
}`

const native = loop('floor-native', '', "console.log('order %d of %s', i, 'ada')")
const parts = {
  ...Object.fromEntries(
    Object.entries(LOGGERS).map(([logger, { mute, line }]) => [
      `${logger} as far as its last step`,
      loop(`floor-mute-${logger}`, mute, line),
    ]),
  ),
  [`the write of a record (${RECORD.length} bytes)`]: loop(
    'floor-write',
    `const { writeSync } = require('node:fs'); const record = ${JSON.stringify(RECORD)}`,
    'writeSync(1, record)',
  ),
  'a child of pino, the same bytes': loop('floor-pino', PINO, "l.info('order %d of %s', i, 'ada')"),
  'the stack, one frame, its file and position': loop('floor-site', CAPTURE, 'site()'),
  'the last two: pino with a call site': loop(
    'floor-all',
    `${PINO}\n${CAPTURE}`,
    "site(); l.info('order %d of %s', i, 'ada')",
  ),
}

module.exports = {
  title: 'The floor',
  about: `The CPU of what a record cannot do without, each alone, in a process that has done it 50,000 times before, to a file.
The base is a native line of \`console.log\`.`,
  head: [],
  figures: { cpu: { unit: 'µs' } },
  rounds: 7,
  cases: [
    {
      name: [],
      base: () => run([native]),
      ways: Object.entries(parts).map(([name, path]) => ({ name, run: () => run([path]) })),
    },
  ],
}
