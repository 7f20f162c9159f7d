import { isDeepStrictEqual } from 'node:util'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { isError, snapshot, snapshotError } from '../../src/core/snapshot'

const throwing = (): never => {
  throw new Error('hostile')
}
const THREW = '[Threw: Error: hostile]'

function revoked(target: object = {}): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

function cyclic(): Record<string, unknown> {
  const object: Record<string, unknown> = { list: [] }
  object.self = object
  ;(object.list as unknown[]).push(object)
  return object
}

function deep(depth: number): unknown {
  return depth === 0 ? 'end' : { in: deep(depth - 1) }
}

function detached(): Uint8Array {
  const view = new Uint8Array(3)
  structuredClone(view.buffer, { transfer: [view.buffer] })
  return view
}

function detachedView(): DataView {
  const view = new DataView(new ArrayBuffer(3))
  structuredClone(view.buffer, { transfer: [view.buffer] })
  return view
}

class Account {
  readonly id = 7
  readonly #secret = 'hidden'
  get balance() {
    return this.#secret
  }
}

const every = new Proxy({}, new Proxy({}, { get: () => throwing }))

describe('snapshot', () => {
  it.each<[string, unknown, unknown]>([
    ['text', 'a', 'a'],
    ['a number', 1.5, 1.5],
    ['minus zero', -0, -0],
    ['NaN', Number.NaN, 'NaN'],
    ['infinity', Number.NEGATIVE_INFINITY, '-Infinity'],
    ['a boolean', true, true],
    ['null', null, null],
    ['undefined', undefined, '[undefined]'],
    ['a bigint', 10n ** 30n, '1000000000000000000000000000000'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['a symbol without a name', Symbol(), 'Symbol()'],
    ['a function', () => 1, '[Function]'],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an invalid date', new Date(Number.NaN), 'Invalid Date'],
    ['a regular expression', /a/g, '/a/g'],
    ['a URL', new URL('http://a/b?c'), 'http://a/b?c'],
    ['a buffer', Buffer.from('secret'), '[Buffer 6 bytes]'],
    ['a typed array', new Float64Array(2), '[Float64Array 16 bytes]'],
    ['an array buffer', new ArrayBuffer(3), '[ArrayBuffer 3 bytes]'],
    [
      'a map',
      new Map<unknown, unknown>([
        ['a', 1],
        [{}, new Map()],
      ]),
      { a: 1, '[object Object]': {} },
    ],
    ['a set', new Set([1, new Set([2])]), [1, [2]]],
    ['a list', [1, [undefined, null]], [1, ['[undefined]', null]]],
    ['a sparse list', new Array(2), ['[undefined]', '[undefined]']],
    ['an instance', new Account(), { id: 7 }],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    [
      'an object of another realm',
      runInNewContext('({ a: [1], e: new Map([[1, 2]]) })'),
      { a: [1], e: { 1: 2 } },
    ],
    ['fields without a value', { a: undefined, b: () => 1, c: null }, { c: null }],
    ['toJSON', { toJSON: () => ({ a: 1n }) }, { a: '1' }],
    [
      'toJSON of itself',
      {
        toJSON() {
          return this
        },
      },
      '[Circular]',
    ],
    ['a cycle', cyclic(), { list: ['[Circular]'], self: '[Circular]' }],
    [
      'the same object twice, which is no cycle',
      (() => {
        const a = { x: 1 }
        return { a, b: a }
      })(),
      { a: { x: 1 }, b: { x: 1 } },
    ],
    ['a promise', Promise.resolve(1), {}],
    [
      'a throwing getter, the rest kept',
      {
        get a() {
          return throwing()
        },
        b: 1,
      },
      { a: THREW, b: 1 },
    ],
    [
      'a getter that throws nothing readable',
      {
        get a() {
          throw Object.create(null)
        },
      },
      { a: '[Threw]' },
    ],
    ['a throwing toJSON', { toJSON: throwing }, THREW],
    ['a list with an iterator of its own', Object.assign([1], { [Symbol.iterator]: throwing }), [1]],
    ['a list with a throwing item', Object.defineProperty([1, 2], 0, { get: throwing }), [THREW, 2]],
    ['what inherits from a proxy', Object.create(every, { a: { value: 1, enumerable: true } }), { a: 1 }],
    ['a wrapped text', Object('a'), 'a'],
    ['a wrapped bigint', Object(1n), '1'],
    ['a detached buffer', detached().buffer, '[ArrayBuffer 0 bytes]'],
    ['a view of a detached buffer', detached(), '[Uint8Array 0 bytes]'],
    [
      'two keys of one name',
      new Map<unknown, unknown>([
        [1, 'a'],
        ['1', 'b'],
      ]),
      { 1: 'a', '1 #1': 'b' },
    ],
    [
      'depth',
      deep(100),
      (() => {
        let value: unknown = '[Truncated]'
        for (let i = 0; i < 8; i++) value = { in: value }
        return value
      })(),
    ],
  ])('%s', (_name, value, expected) => {
    expect(plainly(snapshot(value))).toEqual(plainly(expected))
  })

  it.each<[string, () => object]>([
    ['object', () => ({})],
    ['list', () => []],
  ])('names a revoked proxy of a %s', (_what, make) => {
    const proxy = revoked(make())
    expect(plainly(snapshot({ proxy, kept: 1 }))).toEqual({ proxy: '<Revoked Proxy>', kept: 1 })
  })

  it('shows what a proxy stands for as text', () => {
    const { deep, ...rest } = snapshot({ every, deep: new Proxy({ a: 1 }, {}) }) as Record<string, unknown>
    // Node 26 prints that it is one.
    expect(deep).toMatch(/^(Proxy\()?\{ a: 1 \}\)?$/)
    expect(rest.every).toMatch(/^(Proxy\()?\{\}\)?$/)
  })

  it('names what cannot be read, the rest kept', () => {
    const { view, kept } = snapshot({ view: detachedView(), kept: 1 }) as Record<string, unknown>
    expect([view, kept]).toEqual([expect.stringMatching(/^\[Threw: TypeError: .*\]$/), 1])
  })

  it('asks no trap of a proxy, wherever it stands', () => {
    const asked: string[] = []
    const traps = new Proxy({}, { get: (_, trap) => () => asked.push(String(trap)) })
    const proxy = new Proxy(class {}, traps)
    const object = new Proxy({}, traps)
    const error = new Error('e', { cause: object })
    // Made now, as the test runner's own way to make it asks the prototype.
    expect(error.stack).toBeDefined()
    Object.setPrototypeOf(error, object)
    snapshot([proxy, object, Object.create(object), new Map([[object, object]]), new Set([object]), error])
    snapshot(Object.setPrototypeOf(new Array(2), object))
    snapshotError(error)
    isError(object)
    isError(Object.create(object))
    expect(asked).toEqual([])
  })

  it('takes __proto__ for a key like any other', () => {
    const taken = snapshot(JSON.parse('{"__proto__":{"polluted":1},"constructor":2}'))
    expect(Object.keys(taken as object)).toEqual(['__proto__', 'constructor'])
    expect(({} as { polluted?: 1 }).polluted).toBeUndefined()
  })

  it.each<[string, unknown]>([
    ['a long text', 'x'.repeat(20_000_000)],
    ['a long key', { ['x'.repeat(1_000_000)]: 1 }],
    ['a long list', Array.from({ length: 100_000 }, () => 1)],
    ['a list of any length', new Array(2 ** 32 - 1)],
    ['many keys', Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i]))],
    ['a big map', new Map(Array.from({ length: 100_000 }, (_, i) => [i, i]))],
    ['one object in many places', Array.from({ length: 22 }).reduce<unknown>((inner) => [inner, inner], 'x')],
    [
      'depth without end',
      new Proxy(
        {},
        {
          ownKeys: () => ['in'],
          getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
          get: (_t, key, self) => (key === 'in' ? self : undefined),
        },
      ),
    ],
    [
      'a list without end',
      {
        *[Symbol.iterator]() {
          for (;;) yield 1
        },
      },
    ],
  ])('is bounded: %s', (_name, value) => {
    expect(JSON.stringify(snapshot(value)).length).toBeLessThan(100_000)
  })

  it('says what was cut', () => {
    expect(snapshot('x'.repeat(16_385))).toMatch(/x… \[Truncated: 1 more characters\]$/)
    expect(Object.values(snapshot(new Array(5_000)) as unknown[]).at(-1)).toMatch(/^\[Truncated: \d+ more\]$/)
    const keys = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, i]))
    for (const value of [keys, new Map(Object.entries(keys))]) {
      const taken = snapshot(value) as Record<string, unknown>
      const shown = Object.keys(taken).length - 1
      expect(shown).toBeGreaterThan(1_000)
      expect(taken['…']).toBe(`[Truncated: ${5_000 - shown} more]`)
    }
  })

  it('gives up on getters that take their time, and says so', () => {
    const slow = {}
    for (let i = 0; i < 1_000; i++) {
      const get = () => {
        for (const start = performance.now(); performance.now() - start < 10; );
        return i
      }
      Object.defineProperty(slow, `k${i}`, { get, enumerable: true })
    }
    expect(snapshot({ slow, after: 1 })).toMatchObject({
      slow: { k0: 0, '…': expect.stringMatching(/^\[Truncated: 9\d\d more, after 50 ms\]$/) },
    })
  })

  it('cuts all texts together, and none between the halves of a character', () => {
    const taken = snapshot(Array.from({ length: 100 }, () => '😀'.repeat(5_000))) as string[]
    expect(JSON.stringify(taken).length).toBeLessThan(100_000)
    expect(Object.values(taken).at(-1)).toMatch(/^\[Truncated: \d+ more\]$/)
    expect(Object.values(taken).every((text) => text.isWellFormed())).toBe(true)
  })

  it('starts nothing: no then, no iterator of an object, no more than one read of a getter', () => {
    const calls: string[] = []
    snapshot({
      get once() {
        return calls.push('once')
      },
      // biome-ignore lint/suspicious/noThenProperty: a query builder
      query: { then: () => calls.push('then') },
      generator: (function* () {
        calls.push('generator')
        yield 1
      })(),
    })
    expect(calls).toEqual(['once'])
  })

  it('changes nothing of what it was given', () => {
    const make = () => ({
      a: [1, { b: new Map([['c', new Set([1])]]) }],
      e: new Error('e', { cause: { d: 1 } }),
      self: cyclic(),
    })
    const value = make()
    const same = structuredClone(value)
    snapshot(freeze(value))
    expect(isDeepStrictEqual(structuredClone(value), same)).toBe(true)
  })
})

describe('snapshotError', () => {
  it('has type, message, stack, own properties and causes', () => {
    const error = Object.assign(new TypeError('boom', { cause: new RangeError('why', { cause: 'text' }) }), {
      code: 'E1',
      extra: { a: 1n },
    })
    expect(plainly(snapshotError(error))).toEqual({
      type: 'TypeError',
      message: 'boom',
      stack: error.stack,
      code: 'E1',
      cause: { type: 'RangeError', message: 'why', stack: (error.cause as Error).stack, cause: 'text' },
      extra: { a: '1' },
    })
  })

  class QuotaError extends Error {}

  it.each<[string, Error, string]>([
    ['its name', Object.assign(new Error('e'), { name: 'Own' }), 'Own'],
    ['its class', new QuotaError('e'), 'QuotaError'],
    ['a built-in name', new SyntaxError('e'), 'SyntaxError'],
    ['a DOM name', new DOMException('e', 'AbortError'), 'AbortError'],
  ])('the type is %s', (_what, error, type) => {
    expect(snapshotError(error).type).toBe(type)
  })

  it('has the errors of an AggregateError', () => {
    const { errors } = snapshotError(new AggregateError([new Error('a'), 'b'], 'all')) as {
      errors: unknown[]
    }
    expect(plainly(errors)).toEqual([expect.objectContaining({ type: 'Error', message: 'a' }), 'b'])
  })

  it.each<[string, () => Error]>([
    [
      'is its own cause',
      () => {
        const e = new Error('e')
        e.cause = e
        return e
      },
    ],
    [
      'holds itself among its errors',
      () => {
        const e = new AggregateError([], 'e')
        e.errors.push(e)
        return e
      },
    ],
    [
      'has a thousand causes',
      () =>
        Array.from({ length: 1_000 }).reduce<Error>((cause) => new Error('e', { cause }), new Error('first')),
    ],
    [
      'holds ten thousand errors',
      () => new AggregateError(Array.from({ length: 10_000 }, () => new Error('e'))),
    ],
    ['has a proxy for a cause', () => new Error('e', { cause: every })],
    ['has a revoked cause', () => new Error('e', { cause: revoked() })],
    ['has a symbol for a stack', () => Object.assign(new Error('e'), { stack: Symbol('s') })],
    ['has an object for a message', () => Object.assign(new Error('e'), { message: {} })],
    ['has no prototype', () => Object.setPrototypeOf(new Error('e'), null)],
    ...['message', 'stack', 'name', 'code', 'cause', 'constructor', 'own'].map(
      (key): [string, () => Error] => [
        `has a throwing ${key}`,
        () => Object.defineProperty(new Error('e'), key, { get: throwing, enumerable: true }),
      ],
    ),
  ])('never throws and never varies in type: an error that %s', (_what, make) => {
    const { type, message, stack } = snapshotError(make())
    expect([typeof type, typeof message, typeof stack]).toEqual(['string', 'string', 'string'])
    expect(JSON.stringify(snapshotError(make())).length).toBeLessThan(200_000)
  })
})

describe('isError', () => {
  it.each<[string, () => unknown, boolean]>([
    ['an error', () => new Error('e'), true],
    ['a DOMException', () => new DOMException('e'), true],
    ['an error of another realm', () => runInNewContext('new TypeError("e")'), true],
    ['an instance', () => Object.create(Error.prototype), true],
    ['what looks like one', () => ({ message: 'e', stack: '' }), false],
    ['a revoked proxy', () => revoked(), false],
    ['a proxy whose traps throw', () => every, false],
    ['text', () => 'Error', false],
    ['nothing', () => undefined, false],
  ])('%s', (_what, make, expected) => {
    expect(isError(make())).toBe(expected)
  })
})

/** Without prototypes on either side. */
function plainly(value: unknown): unknown {
  return value === 0 || value === undefined ? value : JSON.parse(JSON.stringify(value))
}

function freeze<T>(value: T, seen = new Set<unknown>()): T {
  if (typeof value !== 'object' || value === null || seen.has(value)) return value
  seen.add(value)
  for (const key of Reflect.ownKeys(value)) freeze(Reflect.get(value, key), seen)
  return Object.freeze(value)
}
