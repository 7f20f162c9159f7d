import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { soundPlatform } from '../src/core/hooks/versions'
import { node, REGISTER, ROOT, type Run, records } from './support/run'

const LIMITS = join(ROOT, 'fixtures/limits')
const JSON_BOTH = { UNIFY_LOGS_FORMAT: 'json', UNIFY_LOGS_STDIO: 'both' }
const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']

/** The folder from which a fixture's logger is found. */
const of = (fixture: string) => join(ROOT, 'fixtures', fixture)
/** Runs a text as a program, with the loggers of a fixture. */
function evaluated(program: string, fixture: string, env: NodeJS.ProcessEnv = {}): Promise<Run> {
  return node(['--require', REGISTER, '-e', program], { UNIFY_LOGS_FORMAT: 'json', ...env }, of(fixture))
}

describe.skipIf(process.platform === 'win32')('lines that never pass a stream', () => {
  it('are printed as they are', async () => {
    const quiet = ['--disable-warning=DEP0111']
    const before = await node([...quiet, join(LIMITS, 'native.cjs')])
    const after = await node([...quiet, '--require', REGISTER, join(LIMITS, 'native.cjs')], JSON_BOTH)
    const undated = ({ stdout, stderr, code }: Run) => [
      // A young generation that fills up is told in a line of its own, whenever that is.
      stdout
        .replace(/^\[\d+:.*Scavenge.*\n/gm, '')
        .replace(/^\[\d+:.*(Mark-Compact|Mark-sweep).*$/m, 'the collector'),
      stderr.replace(/ws:\S+/, 'ws:URL'),
      code,
    ]
    expect(undated(before)[0]).toMatch(/N01.*N03.*N05.*the collector\n$/s)
    expect(undated(before)[1]).toMatch(/N02.*N04.*Debugger listening on ws:URL.*N06/s)
    expect(undated(after)).toEqual(undated(before))
  })

  it('the text of a crash has a record beside it', async () => {
    const program = 'throw new TypeError("out of stock")'
    const before = await node(['-e', program])
    const after = await node(['--require', REGISTER, '-e', program], JSON_BOTH)
    expect([after.stderr, after.code]).toEqual([before.stderr, before.code])
    expect(records(after)).toMatchObject([{ source: 'process', level: 60, msg: 'out of stock' }])
  })

  it('a thread that writes to the descriptor: a pipeline of pino', async () => {
    const program = `require('pino')({ transport: { pipeline: [{ target: ${JSON.stringify(join(LIMITS, 'pass.cjs'))} }, { target: 'pino/file' }] } }).info('P01')`
    const [line] = records(await evaluated(program, 'pino/newest', JSON_BOTH))
    expect(line).toMatchObject({ msg: 'P01' })
    expect(line).not.toHaveProperty('source')
  })
})

describe('a child process', () => {
  const start = (how: string, env: NodeJS.ProcessEnv = {}) =>
    node(['--require', REGISTER, join(LIMITS, 'children.cjs'), how, REGISTER], {
      UNIFY_LOGS_FORMAT: 'json',
      ...env,
    })

  it.each(['bare', 'spawn', 'exec'])('without the preload stays native (%s)', async (how) => {
    expect(await start(how, { UNIFY_LOGS_STDIO: 'both' })).toMatchObject({
      stdout: 'C01 from a child\n',
      stderr: '',
    })
  })

  it.each(['fork', 'cluster', 'options', 'thread'])('with it speaks for itself (%s)', async (how) => {
    const after = await start(how)
    expect([after.stderr, records(after)]).toMatchObject([
      '',
      [{ source: 'console', level: 30, msg: 'C01 from a child' }],
    ])
  })

  it('is, where it is piped, a writer like any other', async () => {
    const after = await start('piped')
    const [out, line] = after.stdout.split('\n')
    expect([after.stderr, [out, line?.startsWith('{')].sort()]).toEqual(['', ['C01 from a child', true]])
    const both = await start('piped', { UNIFY_LOGS_STDIO: 'both' })
    const found = records(both).sort((a, b) => a.msg.localeCompare(b.msg))
    expect(found).toMatchObject([
      { source: 'stdout', level: 30, msg: 'C01 from a child' },
      { source: 'stderr', level: 40, msg: 'C02 from a child' },
    ])
    for (const record of found) expect(record).not.toHaveProperty('trace')
  })

  it('a thread without the preload prints through the main thread', async () => {
    expect(records(await start('bareThread'))).toMatchObject([{ source: 'stderr', msg: 'C01 from a child' }])
  })
})

describe('a logger in a bundle', () => {
  let dir: string
  beforeAll(() => {
    dir = mkdtempSync(join(realpathSync(tmpdir()), 'limits-'))
  })
  afterAll(() => rmSync(dir, { recursive: true }))

  const programs = {
    loglevel: `require('loglevel').getLogger('shop').warn('B01')`,
    log4js: `const log4js = require('log4js')
      log4js.configure({ appenders: { a: { type: 'console' } }, categories: { default: { appenders: ['a'], level: 'info' } } })
      log4js.getLogger('shop').warn('B01')`,
    debug: `require('debug')('shop:till')('B01')`,
    npmlog: `require('npmlog').warn('shop', 'B01')`,
    consola: `require('consola').consola.warn('B01')`,
    'consola info': `require('consola').consola.info('B01')`,
    winston: `const winston = require('winston')
      winston.createLogger({ transports: [new winston.transports.Console()] }).warn('B01')`,
    pino: `require('pino')({ name: 'shop' }).warn('B01')`,
    'pino destination': `const pino = require('pino')
      pino({ name: 'shop' }, pino.destination(1)).warn('B01')`,
  }

  async function bundled(name: keyof typeof programs, stdio: string): Promise<Run> {
    const outfile = join(dir, `${name.replace(' ', '-')}.cjs`)
    const resolveDir = of(`${name.split(' ')[0]}/newest`)
    buildSync({ stdin: { contents: programs[name], resolveDir }, bundle: true, platform: 'node', outfile })
    const env = { UNIFY_LOGS_FORMAT: 'json', UNIFY_LOGS_STDIO: stdio, DEBUG: 'shop:*' }
    return node(['--require', REGISTER, outfile], env, dir)
  }
  /** The sources of the records, and of what is none. */
  const sources = ({ stdout, stderr }: Run) =>
    [...stdout.split('\n'), ...stderr.split('\n')]
      .filter((line) => line.includes('B01'))
      .map((line) => /"source":"(\w+)"/.exec(line)?.[1] ?? 'native')

  it.each<[name: keyof typeof programs, byDefault: string, both: string]>([
    ['loglevel', 'console', 'console'],
    ['log4js', 'console', 'console'],
    ['debug', 'stderr', 'stderr'],
    ['npmlog', 'stderr', 'stderr'],
    ['consola', 'stderr', 'stderr'],
    ['consola info', 'native', 'stdout'],
    ['winston', 'native', 'stdout'],
    ['pino', 'native', 'stdout'],
    ['pino destination', 'native', 'native'],
  ])('%s: %s, with stdio both %s', async (name, byDefault, both) => {
    expect(sources(await bundled(name, 'stderr'))).toEqual([byDefault])
    expect(sources(await bundled(name, 'both'))).toEqual([both])
  })

  it('debug keeps its namespace', async () => {
    expect(records(await bundled('debug', 'stderr'))).toMatchObject([
      { source: 'stderr', namespace: 'shop:till', level: 20, msg: 'B01' },
    ])
  })
})

/** Limits that stand with a patcher and have no test beside it. */
describe('a limit of a logger', () => {
  it('console: a group is not indented, and node --print prints its result', async () => {
    const program = 'console.group("L01"); console.log("L02"); console.error("L03")'
    const found = records(await evaluated(program, 'console'))
    expect(found.map(({ msg }) => msg)).toEqual(['L01', 'L02', 'L03'])
    const after = await node(['--require', REGISTER, '--print', 'console.error("L05"); "L04"'], JSON_BOTH)
    expect([after.stdout, after.stderr]).toEqual(['L04\n', 'L05\n'])
  })

  it('debug: an Error behind the first argument is text', async () => {
    const program = `const log = require('debug')('shop'); log(new Error('L01')); log('of %o', new Error('L02'))`
    const [first, second] = records(await evaluated(program, 'debug/newest', { DEBUG: '*' }))
    expect([first.err.message, second.err]).toEqual(['L01', undefined])
    expect(second.msg).toContain('L02')
  })

  it('consola: a trace has no stack in its record', async () => {
    const program = `require('consola').createConsola({ level: 5 }).trace('L01')`
    const [line] = records(await evaluated(program, 'consola/newest'))
    expect(line).toMatchObject({ source: 'consola', level: 10, msg: 'L01' })
    expect(line).not.toHaveProperty('err')
  })

  it('winston: the Error of a child is fields, a transport of the program is console’s', async () => {
    const program = `const winston = require('winston')
      const transports = [new winston.transports.Console()]
      winston.createLogger({ transports }).child({ a: 1 }).error(new Error('L01'))
      const Transport = require('winston-transport')
      const own = new Transport({ log: ({ message }, done) => { console.log(message); done() } })
      winston.createLogger({ transports: [own] }).info('L02')`
    const [first, second] = records(await evaluated(program, 'winston/newest'))
    expect(first).toMatchObject({ source: 'winston', msg: 'L01', data: { stack: expect.any(String) } })
    expect(first).not.toHaveProperty('err')
    expect(second).toMatchObject({ source: 'console', msg: 'L02' })
  })

  it('pino: a stream that hands on later leaves its lines native', async () => {
    const program = `const { Transform } = require('node:stream')
      const later = new Transform({ transform: (chunk, _encoding, done) => setImmediate(done, null, chunk) })
      later.pipe(process.stdout)
      require('pino')(later).info('L01')`
    const [line] = records(await evaluated(program, 'pino/newest'))
    expect(line).toMatchObject({ msg: 'L01' })
    expect(line).not.toHaveProperty('source')
  })

  it('pino: the messageFormat of pino-pretty in its thread is not applied', async () => {
    const options = `{ messageFormat: '<{msg}>', ignore: 'hidden' }`
    const program = `require('pino')({ transport: { target: require.resolve('pino-pretty'), options: ${options} } }).info({ hidden: 1, shown: 2 }, 'L01')`
    const [line] = records(await evaluated(program, 'pino/newest'))
    expect(line).toMatchObject({ source: 'pino', msg: 'L01', data: { shown: 2 } })
    expect(line.data).not.toHaveProperty('hidden')
  })

  it('LogTape: a sink that prints later is console’s', async () => {
    const program = `const { configureSync, disposeSync, getConsoleSink, getLogger } = require('@logtape/logtape')
      const sinks = { later: getConsoleSink({ nonBlocking: true }) }
      const meta = { category: ['logtape', 'meta'], sinks: [] }
      configureSync({ sinks, loggers: [{ category: 'shop', sinks: ['later'] }, meta] })
      getLogger('shop').info('L01')
      disposeSync()`
    const [line] = records(await evaluated(program, 'logtape/newest'))
    expect(line).toMatchObject({ source: 'console', msg: expect.stringContaining('L01') })
  })

  it('Nest: a subclass with a print of its own is a writer like any other', async () => {
    const program = `const { ConsoleLogger } = require('@nestjs/common')
      class Own extends ConsoleLogger { printMessages(messages) { process.stdout.write(messages + '\\n') } }
      new Own('Shop').log('L01')`
    expect((await evaluated(program, 'nestjs-common/11')).stdout).toBe('L01\n')
    const [line] = records(await evaluated(program, 'nestjs-common/11', JSON_BOTH))
    expect(line).toMatchObject({ source: 'stdout', msg: 'L01' })
  })

  it('process: a crash in a worker thread is a record where it ends the process', async () => {
    const program = (listener: string) =>
      `const { Worker } = require('node:worker_threads')
      new Worker('throw new Error("L01")', { eval: true })${listener}`
    expect(records(await evaluated(program(''), 'console'))).toMatchObject([{ source: 'process', level: 60 }])
    const handled = await evaluated(program('.on("error", () => undefined)'), 'console')
    expect([handled.stdout, handled.stderr]).toEqual(['', ''])
  })

  it('loglevel: a method that was taken off before us is console’s', async () => {
    const program = `const { warn } = require('loglevel')
      require(${JSON.stringify(REGISTER)})
      warn('L01'); require('loglevel').warn('L02')`
    const env = { UNIFY_LOGS_FORMAT: 'json' }
    const found = records(await node(['-e', program], env, of('loglevel/newest')))
    expect(found.map(({ source, msg }) => [source, msg])).toEqual([
      ['console', 'L01'],
      ['loglevel', 'L02'],
    ])
  })

  it('obug: an Error is what its stack says', async () => {
    const program = `const log = require('obug').createDebug('shop')
      log(Object.assign(new Error('L01'), { code: 'E' })); log('of %o', new Error('L02'))`
    const [first, second] = records(await evaluated(program, 'obug/newest', { DEBUG: '*' }))
    expect([first.source, first.err.message, first.err.code]).toEqual(['obug', 'L01', undefined])
    expect(second).not.toHaveProperty('err')
  })

  it('consola: a tag that is opted out shows frames of ours in its trace', async () => {
    const program = `require('consola').createConsola({ level: 5, fancy: true }).withTag('shop').trace('L01')`
    const before = await node(['-e', program], {}, of('consola/newest'))
    const after = await evaluated(program, 'consola/newest', { UNIFY_LOGS_OPT_OUT: 'consola:shop' })
    const all = await evaluated(program, 'consola/newest', { UNIFY_LOGS_OPT_OUT: 'consola' })
    expect(before.stdout + before.stderr).toContain('L01')
    expect(after.stdout + after.stderr).toContain(join(ROOT, 'dist'))
    expect([all.stdout, all.stderr]).toEqual([before.stdout, before.stderr])
  })

  it('signale: an interactive line, and a secret in an Error', async () => {
    const program = `const { Signale } = require('signale')
      const log = new Signale({ interactive: true })
      log.await('L01'); log.success('L02')
      new Signale({ secrets: ['hush'] }).error(new Error('L03 hush'))`
    const [first, second, third] = records(await evaluated(program, 'signale/newest'))
    expect([first.msg, second.msg]).toEqual(['L01', 'L02'])
    expect(third).not.toHaveProperty('err')
    expect(JSON.stringify(third)).not.toContain('hush')
  })

  it('roarr: a line in a form of the program’s own', async () => {
    const program = `const { Roarr } = require('roarr')
      globalThis.ROARR.serializeMessage = ({ message }) => 'own ' + message
      Roarr.warn({ namespace: 'shop' }, 'L01')`
    const [line] = records(await evaluated(program, 'roarr/newest', { ROARR_LOG: 'true' }))
    expect(line).toMatchObject({ source: 'roarr', msg: 'own L01' })
    expect([line.namespace, line.data]).toEqual([undefined, undefined])
  })

  it('bole: an Error is what bole prints of it', async () => {
    const program = `const bole = require('bole')
      bole.output({ level: 'debug', stream: process.stdout })
      bole('shop').error(Object.assign(new Error('L01'), { code: 'E', till: 7 }))`
    const [line] = records(await evaluated(program, 'bole/oldest'))
    expect(line).toMatchObject({ source: 'bole', err: { message: 'L01', code: 'E' } })
    expect(line.err).not.toHaveProperty('till')
  })

  it('@firebase/logger: a log handler of the program is console’s', async () => {
    const program = `const { Logger } = require('@firebase/logger')
      const log = new Logger('@firebase/shop')
      log.logHandler = (_logger, _level, ...args) => console.log('own', ...args)
      log.warn('L01')`
    expect(records(await evaluated(program, 'firebase-logger/newest'))).toMatchObject([
      { source: 'console', msg: 'own L01' },
    ])
  })

  it('morgan: no call site, and no fields out of a buffer', async () => {
    const program = `const { createServer, get } = require('node:http')
      const log = require('morgan')(':url', { buffer: true })
      const server = createServer((req, res) => log(req, res, () => res.end()))
      server.listen(0, () => {
        get({ port: server.address().port, path: '/L01', agent: false }, (res) => res.resume().on('end', () => server.close()))
      })`
    const found = records(await evaluated(program, 'morgan/newest')).filter(
      ({ source }) => source === 'morgan',
    )
    expect(found).toMatchObject([{ msg: '/L01' }])
    expect([found[0].trace, found[0].data]).toEqual([undefined, undefined])
  })

  it.each(BACK_ENDS)('morgan: required before us, imported afterwards (%s)', async (hooks) => {
    const program = `require('morgan')
      require(${JSON.stringify(REGISTER)})
      import('morgan').then(({ default: morgan }) => {
        const { createServer, get } = require('node:http')
        const server = createServer((req, res) => morgan('L01')(req, res, () => res.end()))
        server.listen(0, () => {
          get({ port: server.address().port, agent: false }, (res) => res.resume().on('end', () => server.close()))
        })
      })`
    const env = { UNIFY_LOGS_FORMAT: 'json', UNIFY_LOGS_HOOKS: hooks }
    const { stdout } = await node(['-e', program], env, of('morgan/newest'))
    if (hooks === 'platform') expect(stdout).toBe('L01\n')
    else expect(records({ stdout })).toMatchObject([{ source: 'morgan', msg: 'L01' }])
  })
})
