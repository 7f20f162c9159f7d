// The eight loggers of tier 1, each with a line that it prints and one that it does not, as its documentation has them.
const { createRequire } = require('node:module')
const { join } = require('node:path')

const fixture = (logger) => createRequire(join(__dirname, '../fixtures', logger, 'newest/app.cjs'))
const pathOf = (logger) => fixture(logger).resolve(logger)
const load = (logger) => `require(${JSON.stringify(pathOf(logger))})`
const versionOf = (logger) => fixture(logger)('./package.json').dependencies[logger]

/**
 * By logger: what makes it, and what makes one that prints nothing as its last step; a line, and one below its threshold;
 * where we stand in the way of that, functions in the same places that only pass on.
 */
const LOGGERS = {
  console: {
    make: '',
    mute: 'process.stdout.write = () => true',
    line: "console.log('order %d of %s', i, 'ada')",
  },
  debug: {
    make: `process.env.DEBUG = 'app'; const debug = ${load('debug')}; const [l, off] = [debug('app'), debug('off')]`,
    mute: `process.env.DEBUG = 'app'; const debug = ${load('debug')}; const l = debug('app')
debug.formatArgs = debug.log = () => {}`,
    line: "l('order %d of %s', i, 'ada')",
    disabled: "off('order %d of %s', i, 'ada')",
  },
  loglevel: {
    make: `const l = ${load('loglevel')}; l.setLevel('info')`,
    mute: `const l = ${load('loglevel')}; l.setLevel('info'); process.stdout.write = () => true`,
    line: "l.info('order %d of %s', i, 'ada')",
    disabled: "l.debug('order %d of %s', i, 'ada')",
  },
  consola: {
    make: `const { consola } = ${load('consola')}`,
    mute: `const consola = ${load('consola')}.createConsola({ reporters: [{ log() {} }] })`,
    line: "consola.info('order %d of %s', i, 'ada')",
    disabled: "consola.debug('order %d of %s', i, 'ada')",
    passedOn: 'const { debug } = consola; consola.debug = (...args) => debug(...args)',
  },
  winston: {
    make: `const w = ${load('winston')}; const l = w.createLogger({ transports: [new w.transports.Console()] })`,
    mute: `const w = ${load('winston')}; class Mute extends w.Transport { log(_info, done) { done() } }
const l = w.createLogger({ transports: [new Mute()] })`,
    line: "l.info('order of ada', { i })",
    disabled: "l.debug('order of ada', { i })",
    passedOn: `let proto = l; while (!Object.hasOwn(proto, '_transform')) proto = Object.getPrototypeOf(proto)
for (const name of ['write', '_transform', 'push']) {
  const native = proto[name]
  proto[name] = function (...args) { return Reflect.apply(native, this, args) }
}`,
  },
  bunyan: {
    make: `const l = ${load('bunyan')}.createLogger({ name: 'app' })`,
    mute: `const streams = [{ type: 'raw', stream: { write() {} } }]
const l = ${load('bunyan')}.createLogger({ name: 'app', streams })`,
    line: "l.info({ i }, 'order of %s', 'ada')",
    disabled: "l.debug({ i }, 'order of %s', 'ada')",
  },
  log4js: {
    make: `const l = ${load('log4js')}.getLogger('app'); l.level = 'info'`,
    mute: `const log4js = ${load('log4js')}; const mute = { type: { configure: () => () => {} } }
log4js.configure({ appenders: { mute }, categories: { default: { appenders: ['mute'], level: 'info' } } })
const l = log4js.getLogger('app')`,
    line: "l.info('order %d of %s', i, 'ada')",
    disabled: "l.debug('order %d of %s', i, 'ada')",
  },
  pino: {
    make: `const p = ${load('pino')}; const l = p(p.destination({ dest: 1, sync: true }))`,
    mute: `const l = ${load('pino')}({}, { write() {} })`,
    line: "l.info({ i }, 'order of %s', 'ada')",
    disabled: "l.debug({ i }, 'order of %s', 'ada')",
  },
}

module.exports = { LOGGERS, pathOf, versionOf }
