import { describe, expect, it } from 'vitest'
import { createAppLogger, type Logger } from '../../src/core/app-logger'
import { loadConfig } from '../../src/core/config'
import { Context } from '../../src/core/context'
import { createOutlet } from '../../src/core/outlet'
import { compilePolicy } from '../../src/core/policy'
import type { LogRecord, SinkRecord } from '../../src/core/record'
import { createTracer } from '../../src/core/trace'
import { ROOT } from '../support/run'

const records: LogRecord[] = []
const config = loadConfig([])
const outlet = createOutlet(
  {
    policy: compilePolicy(config),
    context: new Context(),
    tracer: createTracer(ROOT),
    traceFrom: 0,
    contextMembers: () => '',
    sink: { write: (record) => records.push(told(record)) > 0, flush: async () => undefined },
  },
  { name: 'app', frames: [] },
)

/** A record as the sink prints it. */
function told({ members, ...record }: SinkRecord): LogRecord {
  return { ...record, ...JSON.parse(`{${members.slice(1)}}`) }
}

const getLogger = (module: string): Logger => createAppLogger(outlet.child(module), () => undefined)
const log = getLogger('ML_MODULE')

/** The only record that `act` makes. */
function recordOf(act: () => void): LogRecord {
  records.length = 0
  act()
  expect(records.length).toBe(1)
  return records[0] as LogRecord
}

describe('the six methods', () => {
  it.each([
    ['trace', 10],
    ['debug', 20],
    ['info', 30],
    ['warn', 40],
    ['error', 50],
    ['fatal', 60],
  ] as const)('%s is %i', (name, level) => {
    const { time, trace, msg, ...record } = recordOf(() => log[name]('text'))
    expect(record).toEqual({ level, source: 'app', namespace: 'ML_MODULE', module: 'ML_MODULE' })
    expect([typeof time, msg]).toEqual(['number', 'text'])
  })

  it('work without their logger', () => {
    const { info } = log
    expect(recordOf(() => info('text'))).toMatchObject({ level: 30, msg: 'text' })
  })

  it('return nothing', () => {
    expect(log.info('text')).toBeUndefined()
  })

  it('name the line that called', () => {
    const line = Number(/app-logger\.test\.ts:(\d+)/.exec(new Error().stack ?? '')?.[1]) + 1
    const { trace } = recordOf(() => log.info('here'))
    expect(trace).toMatch(new RegExp(`^test\\.core\\.app-logger\\.test:.*:${line}$`))
  })
})

const error = new TypeError('boom')
const err = { type: 'TypeError', message: 'boom', stack: error.stack }

describe('arguments', () => {
  // biome-ignore lint/suspicious/noExplicitAny: also what the types refuse
  it.each<[string, any[], object]>([
    ['text', ['text'], { msg: 'text' }],
    ['text with %', ['100 %s'], { msg: '100 %s' }],
    ['format', ['%s took %d ms %j', 'x', 12, { a: 1 }], { msg: 'x took 12 ms {"a":1}' }],
    [
      'more arguments',
      ['text', { a: { b: { c: { d: 1 } } } }],
      { msg: 'text { a: { b: { c: { d: 1 } } } }' },
    ],
    ['fields', [{ took: 12 }], { msg: '', data: { took: 12 } }],
    ['fields and text', [{ took: 12 }, 'done in %d', 12], { msg: 'done in 12', data: { took: 12 } }],
    ['no fields and text', [{}, 'done'], { msg: 'done' }],
    ['an error', [error], { msg: 'boom', err }],
    ['an error and text', [error, 'failed: %s', 'x'], { msg: 'failed: x', err }],
    ['fields with an error', [{ err: error, took: 12 }], { msg: 'boom', err, data: { took: 12 } }],
    ['fields with an error and text', [{ err: error }, 'failed'], { msg: 'failed', err }],
    ['err that is no error', [{ err: 'text' }, 'failed'], { msg: 'failed', data: { err: 'text' } }],
    ['a list', [[1, 2]], { msg: '[ 1, 2 ]' }],
    ['a map', [new Map([['a', 1]])], { msg: "Map(1) { 'a' => 1 }" }],
    ['a buffer', [Buffer.from('ab')], { msg: '<Buffer 61 62>' }],
    ['a date', [new Date(0)], { msg: '1970-01-01T00:00:00.000Z' }],
    ['nothing', [], { msg: '' }],
    ['null', [null], { msg: 'null' }],
    ['undefined', [undefined], { msg: 'undefined' }],
    ['a number', [42], { msg: '42' }],
    ['a bigint', [42n], { msg: '42n' }],
    ['a symbol', [Symbol('s')], { msg: 'Symbol(s)' }],
    ['a function', [function act() {}], { msg: '[Function: act]' }],
  ])('%s', (_name, args, expected) => {
    const { level, time, source, namespace, module, trace, ...rest } = recordOf(() =>
      (log.info as (...args: unknown[]) => void)(...args),
    )
    expect(plainly(rest)).toEqual(expected)
  })

  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  const throwing = () => {
    throw new Error('hostile')
  }
  const every = new Proxy({}, new Proxy({}, { get: () => throwing }))
  const hostile: [string, unknown][] = [
    ['a revoked proxy', revoked.proxy],
    ['a proxy whose traps throw', every],
    [
      'a throwing getter',
      {
        get field() {
          return throwing()
        },
      },
    ],
    ['a throwing toJSON', { toJSON: throwing }],
    ['a throwing inspect', { [Symbol.for('nodejs.util.inspect.custom')]: throwing }],
    [
      'a throwing toStringTag',
      {
        get [Symbol.toStringTag]() {
          return throwing()
        },
      },
    ],
    [
      'a throwing iterator',
      {
        get [Symbol.iterator]() {
          return throwing()
        },
      },
    ],
    ['an error with a throwing message', Object.defineProperty(new Error(), 'message', { get: throwing })],
    ['an error with a throwing stack', Object.defineProperty(new Error(), 'stack', { get: throwing })],
    ['an error with a symbol for a message', Object.assign(new Error(), { message: Symbol('m') })],
    ['an error with a revoked cause', new Error('e', { cause: revoked.proxy })],
  ]
  const shapes: Record<string, (value: unknown) => unknown[]> = {
    alone: (value) => [value],
    'in fields': (value) => [{ value }, 'text'],
    'as err': (value) => [{ err: value }, 'text'],
    'behind text': (value) => ['text', value],
    'in a format': (value) => ['%s %o %j', value, value, value],
    'as a bound field': (value) => [value, 'text'],
  }

  describe.each(Object.entries(shapes))('%s', (name, shape) => {
    it.each(hostile)('%s throws nothing and makes a record', (_name, value) => {
      const bound = name === 'as a bound field' ? log.bind(value as object).bind({ value }) : log
      const record = recordOf(() => (bound.info as (...args: unknown[]) => void)(...shape(value)))
      expect(typeof record.msg).toBe('string')
      expect(() => JSON.stringify(record)).not.toThrow()
    })
  })
})

describe('what cannot be read or has no end', () => {
  it('a throwing getter costs its own field alone', () => {
    const fields = {
      kept: 1,
      get bad() {
        throw new Error('hostile')
      },
    }
    expect(plainly(recordOf(() => log.info(fields, 'text')))).toMatchObject({
      data: { kept: 1, bad: '[Threw: Error: hostile]' },
      msg: 'text',
    })
  })

  it('a proxy is text, and not asked', () => {
    const asked: string[] = []
    const traps = new Proxy({}, { get: (_, trap) => () => asked.push(String(trap)) })
    expect(recordOf(() => log.info(new Proxy({ a: 1 }, traps), 'text')).msg).toMatch(/\{ a: 1 \}\)? text$/)
    expect(asked).toEqual([])
  })

  it.each<[string, unknown]>([
    ['shared objects', Array.from({ length: 30 }).reduce<unknown>((inner) => [inner, inner], 'x')],
    [
      'wide lists in wide lists',
      Array.from({ length: 6 }).reduce<unknown>((inner) => new Array(99).fill(inner), 'x'),
    ],
    ['depth', Array.from({ length: 100_000 }).reduce<unknown>((inner) => ({ inner }), 'x')],
  ])('text of %s is cut', (_name, value) => {
    const { msg } = recordOf(() => log.info('text %o', value))
    expect(msg.length).toBeLessThan(200_000)
    expect(msg).toContain('[Truncated')
  })
})

describe('bind', () => {
  it('gives a new logger and leaves every other alone', () => {
    const other = getLogger('ML_MODULE')
    const first = log.bind({ frame: 1, shared: 'a' })
    const second = log.bind({ frame: 2 })
    const data = (logger: Logger) => plainly(recordOf(() => logger.info('text')).data)
    expect(data(first)).toEqual({ frame: 1, shared: 'a' })
    expect(data(second)).toEqual({ frame: 2 })
    expect(data(first.bind({ frame: 3 }))).toEqual({ frame: 3, shared: 'a' })
    expect([log, other, getLogger('COMM_MODULE')].map(data)).toEqual([undefined, undefined, undefined])
  })

  it('the call wins over it', () => {
    const bound = log.bind({ frame: 1, kept: true })
    expect(recordOf(() => bound.info({ frame: 2 }, 'text')).data).toEqual({ frame: 2, kept: true })
  })

  it('copies the fields', () => {
    const fields = { frame: 1 }
    const bound = log.bind(fields)
    fields.frame = 2
    expect(recordOf(() => bound.info('text')).data).toEqual({ frame: 1 })
  })

  it('goes with an error, too', () => {
    expect(plainly(recordOf(() => log.bind({ frame: 1 }).error(error)))).toMatchObject({
      data: { frame: 1 },
      err,
    })
  })
})

/** As it leaves: without `undefined`, and with prototypes. */
function plainly(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}
