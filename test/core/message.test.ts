import { format, inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { errorMessage, firstError, message, plain, printed } from '../../src/core/message'

const throwing = (): never => {
  throw new Error('hostile')
}
const { proxy: revoked, revoke } = Proxy.revocable({}, {})
revoke()

describe('message', () => {
  it.each<[string, unknown[]]>([
    ['nothing', []],
    ['text', ['a']],
    ['an empty text', ['']],
    ['text with %', ['100 %d of %s']],
    ['%% alone', ['%%']],
    ['every format', ['%s %d %i %f %j %o %O %c %%', 'a', 1.5, 1.5, '1.5', { a: 1 }, [1], { b: 2 }, 'css']],
    ['too few arguments', ['%s %s', 'a']],
    ['too many arguments', ['%s', 'a', 'b', { c: 1 }]],
    ['an argument with a format in it', ['%s', '%s %s']],
    ['objects', [{ a: { b: { c: { d: 1 } } } }, [1, 2]]],
    ['values', [1n, Symbol('s'), null, undefined, -0, Number.NaN]],
    ['an instance', [new (class Own {})()]],
  ])('is what util.format says: %s', (_name, args) => {
    const single = args.length === 1 && args[0] === '%%'
    // A text alone is no format, as in console.log.
    expect(message(args)).toBe(single ? '%%' : format(...args))
  })

  it('has no colours', () => {
    expect(message([{ a: 1 }], { colors: true })).toBe('{ a: 1 }')
  })

  it('keeps the options of a library', () => {
    expect(message([{ a: { b: 1 } }], { depth: 0 })).toBe('{ a: [Object] }')
  })

  it.each<[string, unknown]>([
    ['a throwing inspect', { [Symbol.for('nodejs.util.inspect.custom')]: throwing }],
    [
      'a throwing toStringTag',
      {
        get [Symbol.toStringTag]() {
          return throwing()
        },
      },
    ],
    ['a throwing toString in %s', { toString: throwing }],
    ['a throwing toJSON in %j', { toJSON: throwing }],
    ['a revoked proxy', revoked],
    ['an error with a throwing stack', Object.defineProperty(new Error('e'), 'stack', { get: throwing })],
  ])('never throws, and keeps the other arguments: %s', (_name, value) => {
    expect(message(['first', value, 'last'])).toMatch(/^first [\s\S]+ last$/)
    expect(typeof message(['%s %j', value, value])).toBe('string')
  })
})

it.each([
  ['text', 'text'],
  ['\u001b[31mred\u001b[39m', 'red'],
  ['\u001b]8;;http://a\u0007link\u001b]8;;\u0007', 'link'],
  ['line\n', 'line'],
  ['line\r\n', 'line'],
  ['two\nlines\n', 'two\nlines'],
  ['\n\n', '\n'],
  ['', ''],
])('plain(%j) is %j', (text, expected) => {
  expect(plain(text)).toBe(expected)
})

it.each<[unknown, string]>([
  [new Error('e'), 'e'],
  [Object.assign(new Error(), { message: 42 }), '42'],
  [Object.assign(new Error(), { message: Object.create(null) }), '[Unreadable message]'],
  [Object.defineProperty(new Error(), 'message', { get: throwing }), '[Unreadable message]'],
])('errorMessage %#', (error, expected) => {
  expect(errorMessage(error as Error)).toBe(expected)
})

it('firstError finds the first of all', () => {
  const [first, second] = [new Error('1'), new Error('2')]
  expect(firstError(['text', revoked, first, second])).toBe(first)
  expect(firstError(['text', {}])).toBeUndefined()
})

it.each([
  ['[app] took 3 ms', 'took 3 ms', true],
  ['{"msg":"two\\nlines \\"quoted\\""}', 'two\nlines "quoted"', true],
  [inspect({ text: ['a line of some words\nand another one'.repeat(3)] }), 'some words\nand another', true],
  ['login of [masked]', 'login of secret', false],
  ['anything', '', true],
])('printed(%j, %j) is %j', (output, text, expected) => {
  expect(printed(output, text)).toBe(expected)
})
