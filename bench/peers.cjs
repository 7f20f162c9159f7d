// What do others cost that unite the lines of loggers, or say who a line belongs to?
const { execFileSync } = require('node:child_process')
const { existsSync } = require('node:fs')
const { join } = require('node:path')
const { loop, run, withUs } = require('./measure.cjs')

const FOLDER = join(__dirname, 'peers')
// Not a workspace: only who asks this question waits for them.
if (!existsSync(join(FOLDER, 'node_modules'))) {
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: FOLDER, stdio: 'inherit' })
}
const { dependencies } = require('./peers/package.json')

const NEED = `const need = process.getBuiltinModule('node:module').createRequire(${JSON.stringify(join(FOLDER, 'package.json'))});`
/** A span around the program, for what asks whose the line is. */
const SPAN = `const { NodeTracerProvider } = need('@opentelemetry/sdk-trace-node')
const provider = new NodeTracerProvider()
provider.register()
const { registerInstrumentations } = need('@opentelemetry/instrumentation')
const spanned = (act) => provider.getTracer('bench').startActiveSpan('request', act)`
const IN_SPAN = { before: SPAN, start: 'spanned(turn)' }
const otel = (exported, name, options = '') => ({
  ...IN_SPAN,
  before: `${SPAN}
const { ${exported} } = need('@opentelemetry/instrumentation-${name}')
registerInstrumentations({ instrumentations: [new ${exported}(${options})] })`,
})

/** By logger: the program, and the peers that do something to its lines. `before` the logger is loaded, or `after`. */
const LOGGERS = {
  console: {
    make: '',
    line: "console.log('order %d of %s', i, 'ada')",
    peers: {
      // The preset for all of Next.js is this, and the same for a logger that Next.js brings.
      'next-logger': { before: "need('next-logger/lib/patches/console')" },
      'consola.wrapConsole': { before: "need('consola').consola.wrapConsole()" },
      'winston behind console': {
        before: `const w = need('winston'); const { format } = process.getBuiltinModule('node:util')
const { combine, timestamp, json } = w.format
const l = w.createLogger({ format: combine(timestamp(), json()), transports: [new w.transports.Console()] })
console.log = (...args) => l.info(format(...args))`,
      },
      // It leaves the line as it is, and sends a record of its own to an exporter, which here throws it away.
      '@opentelemetry/instrumentation-console': {
        ...IN_SPAN,
        before: `${SPAN}
const { LoggerProvider, SimpleLogRecordProcessor } = need('@opentelemetry/sdk-logs')
const exporter = { export: (_, done) => done({ code: 0 }), shutdown: async () => {}, forceFlush: async () => {} }
const processors = [new SimpleLogRecordProcessor({ exporter })]
need('@opentelemetry/api-logs').logs.setGlobalLoggerProvider(new LoggerProvider({ processors }))
const { ConsoleInstrumentation } = need('@opentelemetry/instrumentation-console')
registerInstrumentations({ instrumentations: [new ConsoleInstrumentation()] })`,
      },
    },
  },
  debug: {
    make: "const l = need('debug')('app')",
    env: { DEBUG: 'app' },
    line: "l('order %d of %s', i, 'ada')",
    peers: {
      'pino-debug': {
        before:
          "const p = need('pino'); need('pino-debug')(p({ level: 'debug' }, p.destination({ dest: 1, sync: true })))",
      },
    },
  },
  winston: {
    make: "const w = need('winston'); const l = w.createLogger({ transports: [new w.transports.Console()] })",
    line: "l.info('order of ada', { i })",
    peers: {
      '@opentelemetry/instrumentation-winston': otel(
        'WinstonInstrumentation',
        'winston',
        '{ disableLogSending: true }',
      ),
    },
  },
  pino: {
    make: "const p = need('pino'); const l = p(p.destination({ dest: 1, sync: true }))",
    line: "l.info({ i }, 'order of %s', 'ada')",
    peers: {
      '@opentelemetry/instrumentation-pino': otel(
        'PinoInstrumentation',
        'pino',
        '{ disableLogSending: true }',
      ),
    },
  },
}

const cases = Object.entries(LOGGERS).map(([logger, { make, line, env, peers }]) => {
  const path = (name, { before = '', start } = {}) =>
    loop(`peer-${logger}-${name.replaceAll(/\W/g, '')}`, `${NEED}\n${before}\n${make}`, line, { start })
  const alone = path('alone')
  const ours = path('ours', {
    before: 'const { context } = require(process.env.US)',
    start: "context.run({ interactionId: 'request' }, turn)",
  })
  return {
    name: [logger],
    base: () => run([alone], { env }),
    ways: [
      ...['always', 'off'].map((trace) => ({
        name: `unify-logs, trace ${trace}`,
        run: (preload) => withUs(preload, [ours], { env: { ...env, UNIFY_LOGS_TRACE: trace } }),
      })),
      ...Object.entries(peers).map(([peer, how]) => {
        const theirs = path(peer, how)
        return {
          name: [peer, dependencies[peer]].filter(Boolean).join(' '),
          run: () => run([theirs], { env }),
        }
      }),
    ],
  }
})

module.exports = {
  title: 'Peers',
  about: `The CPU of a line, in a process that has logged 50,000 before, to a file. The base is the library alone. Ours is within
an interaction and OpenTelemetry's within a span, whose ids the line then carries. No other one tells the call site.`,
  head: ['logger'],
  figures: { cpu: { unit: 'µs' } },
  rounds: 5,
  cases,
}
