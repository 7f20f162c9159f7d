import { createRequire } from 'node:module'
import { Writable } from 'node:stream'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { compileRedaction, type Redactor } from '../../src/core/redact'
import { snapshot, snapshotError } from '../../src/core/snapshot'

const shapes = createRequire(import.meta.url)('../../fixtures/fuzz/shapes.cjs') as (
  key: string,
  secret: string,
) => Record<string, unknown>
const SECRET = 'CANARY'

function redactor(...paths: string[]): Redactor {
  return compileRedaction(paths) as Redactor
}

describe('which keys', () => {
  it.each<[path: string, key: string, above: string[], hidden: boolean]>([
    ['password', 'password', [], true],
    ['password', 'PassWord', ['any', 'depth'], true],
    ['password', 'password2', [], false],
    ['password', 'userPassword', [], false],
    ['*.password', 'password', [], true],
    ['apiKey', 'API_KEY', [], true],
    ['set-cookie', 'setCookie', [], true],
    ['headers["set-cookie"]', 'Set-Cookie', ['res', 'headers'], true],
    ['headers["set-cookie"]', 'Set-Cookie', ['res'], false],
    ['headers.authorization', 'authorization', ['req', 'rawHeaders'], true],
    ['headers.authorization', 'authorization', ['headers', 'common'], true],
    ['headers.authorization', 'authorization', [], false],
    ['headers.authorization', 'headers', [], false],
    ['items[*].token', 'token', ['items'], true],
    ['items[0].token', 'token', ['items'], true],
    ['a.b.c', 'c', ['x', 'a', 'y', 'b'], true],
    ['a.b.c', 'c', ['b', 'a'], false],
    ['secrets.*', 'secrets', [], true],
  ])('%s and %s in %j: %j', (path, key, above, hidden) => {
    expect(redactor(path).hides(key, above)).toBe(hidden)
  })

  it('costs nothing where nothing is to be hidden', () => {
    expect(compileRedaction([])).toBeUndefined()
    expect(compileRedaction(['*', '[*]'])).toBeUndefined()
  })
})

describe('a secret in every shape', () => {
  const every = Object.entries(shapes('pass-word', SECRET))
  const texts: [string, (value: unknown) => string | undefined][] = [
    ['util.inspect', (value) => inspect(value)],
    [
      'util.inspect in one line',
      (value) => inspect(value, { depth: null, breakLength: Number.POSITIVE_INFINITY }),
    ],
    [
      'util.inspect in narrow lines',
      (value) => inspect(value, { depth: null, breakLength: 1, sorted: true }),
    ],
    ['JSON', (value) => JSON.stringify(value)],
    ['JSON in lines', (value) => JSON.stringify(value, null, 2)],
    ['JSON in JSON', (value) => JSON.stringify(JSON.stringify(value))],
    ['console.table', table],
  ]

  it.each(every)('plain data: %s', (_shape, value) => {
    const hiding = redactor('password')
    const taken = value instanceof Error ? snapshotError(value, hiding) : snapshot(value, hiding)
    expect(JSON.stringify(taken)).not.toContain(SECRET)
    expect(JSON.stringify(snapshot({ value: [value] }, hiding))).not.toContain(SECRET)
  })

  it.each(texts)('text: %s', (_name, print) => {
    const leaks = every.flatMap(([shape, value]) => {
      const text = printable(print, value)
      const masked = redactor('password').masked(`before ${text}`)
      return masked.includes(SECRET) ? [[shape, text, masked]] : []
    })
    expect(leaks).toEqual([])
  })

  it('names what it hides, and leaves the rest', () => {
    const value = { password: { a: 1 }, list: ['password', SECRET, 'kept'], user: 'ann' }
    expect(JSON.parse(JSON.stringify(snapshot(value, redactor('password'))))).toEqual({
      password: '[Redacted]',
      list: ['password', '[Redacted]', 'kept'],
      user: 'ann',
    })
    expect(value.password).toEqual({ a: 1 })
  })

  it('asks nothing of what it hides', () => {
    const value = {
      get password() {
        throw new Error('asked')
      },
    }
    expect(JSON.stringify(snapshot(value, redactor('password')))).toBe('{"password":"[Redacted]"}')
  })
})

describe('text', () => {
  it.each([
    ['password: hunter2', 'password: [Redacted]'],
    ['{ password: 12, user: 1 }', '{ password: [Redacted], user: 1 }'],
    ['{"password":{"a":"}"},"user":1}', '{"password":"[Redacted]","user":1}'],
    ["{ password: 'it\\'s', user: 1 }", "{ password: '[Redacted]', user: 1 }"],
    ['/login?password=a%20b&user=1', '/login?password=[Redacted]&user=1'],
    ['password="a b" user=1', 'password="[Redacted]" user=1'],
    ["[ 'Password', 'a', 'user' ]", "[ 'Password', '[Redacted]', 'user' ]"],
    ['password:\n  hunter2\nuser: 1', 'password:\n  [Redacted]\nuser: 1'],
    ['password: Error: a\n    at b\nuser: 1', 'password: [Redacted]\nuser: 1'],
    ['user_password: 1, passwords: 2', 'user_password: 1, passwords: 2'],
    ['the password of ann, or none', 'the password of ann, or none'],
    ['password:', 'password:'],
    ['authorization: a', 'authorization: a'],
    ["{ headers: { authorization: 'a' } }", "{ headers: { authorization: '[Redacted]' } }"],
  ])('%j becomes %j', (text, masked) => {
    expect(redactor('password', 'headers.authorization').masked(text)).toBe(masked)
    expect(redactor('password', 'headers.authorization').masked(masked)).toBe(masked)
  })

  it.each([
    '"password"',
    'password:',
    'password:{',
    "password:'",
    'password: "\\',
    '-',
    '\\',
    'password \n',
    '│ password ',
  ])('takes linear time: of 1 MB of %j square time would be half an hour', (part) => {
    const text = part.repeat(1_000_000 / part.length)
    expect(redactor('password', 'a.password').masked(text).length).toBeGreaterThan(0)
  })
})

function printable(print: (value: unknown) => string | undefined, value: unknown): string | undefined {
  try {
    return print(value)
  } catch {
    return undefined
  }
}

function table(value: unknown): string {
  let text = ''
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      text += chunk
      done()
    },
  })
  new console.Console(stdout).table([value])
  return text
}
