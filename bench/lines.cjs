// What does an enabled line cost, as JSON in a file, against the library's own default output to the same file?
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs')
const { createRequire } = require('node:module')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { median, ratio, run, TELL } = require('./measure.cjs')

const LINES = 20_000
const ROUNDS = Number(process.env.ROUNDS ?? 9)
const ROOT = join(__dirname, '..')
const PRELOAD = join(ROOT, 'dist/register.js')
const from = (logger) =>
  JSON.stringify(createRequire(join(ROOT, 'fixtures', logger, 'newest/app.cjs')).resolve(logger))

/** By logger: what makes `log`, and a line. */
const LOGGERS = {
  console: ['', "console.log('order %d of %s', i, 'ada')"],
  debug: ["const d = (process.env.DEBUG = 'app', require('debug'))('app')", "d('order %d of %s', i, 'ada')"],
  loglevel: ["const l = require('loglevel'); l.setLevel('info')", "l.info('order %d of %s', i, 'ada')"],
  consola: ["const { consola } = require('consola')", "consola.info('order %d of %s', i, 'ada')"],
  winston: [
    "const w = require('winston'); const l = w.createLogger({ transports: [new w.transports.Console()] })",
    "l.info('order of ada', { i })",
  ],
  bunyan: [
    "const l = require('bunyan').createLogger({ name: 'app' })",
    "l.info({ i }, 'order of %s', 'ada')",
  ],
  log4js: [
    "const l = require('log4js').getLogger('app'); l.level = 'info'",
    "l.info('order %d of %s', i, 'ada')",
  ],
  pino: [
    "const p = require('pino'); const l = p(p.destination({ dest: 1, sync: true }))",
    "l.info({ i }, 'order of %s', 'ada')",
  ],
}

function program(logger, lines) {
  const [make, line] = LOGGERS[logger]
  return `${logger === 'console' ? make : make.replace(`require('${logger}')`, `require(${from(logger)})`)}
    const work = (i) => { ${line} }
    for (let i = 0; i < ${lines}; i++) work(i)
    setImmediate(() => { ${TELL} })`
}

/** @returns the rows of a table */
function lines() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-lines-'))
  const rows = Object.keys(LOGGERS).map((logger) => {
    const file = (lines) => {
      const path = join(folder, `${logger}-${lines}.cjs`)
      writeFileSync(path, program(logger, lines))
      return path
    }
    const [many, one] = [file(LINES), file(1)]
    const ways = {
      native: (path) => run([path]),
      always: (path) => run(['--require', PRELOAD, path]),
      warn: (path) => run(['--require', PRELOAD, path], { UNIFY_LOGS_TRACE: 'warn' }),
      off: (path) => run(['--require', PRELOAD, path], { UNIFY_LOGS_TRACE: 'off' }),
    }
    const took = { native: [], always: [], warn: [], off: [] }
    for (let i = 0; i < ROUNDS; i++) {
      for (const [way, start] of Object.entries(ways))
        took[way].push((start(many).cpu - start(one).cpu) / LINES)
    }
    const { native, always, warn, off } = took
    return [logger, median(native).toFixed(1), ...[always, warn, off].map((ours) => ratio(native, ours))]
  })
  rmSync(folder, { recursive: true })
  return {
    title: 'An enabled line, to a file',
    head: ['logger', 'native, µs of CPU', 'trace always', 'trace warn', 'trace off'],
    rows,
  }
}

module.exports = lines
