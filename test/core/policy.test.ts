import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { UserConfig } from '../../src/core/config'
import { precision, wildcard } from '../../src/core/pattern'
import { compilePolicy } from '../../src/core/policy'
import type { CallSite } from '../../src/core/record'

const ROOT = join(import.meta.dirname, 'shop')
const ALL = Number.NEGATIVE_INFINITY
const NONE = Number.POSITIVE_INFINITY

function policy(config: Pick<UserConfig, 'optOut' | 'level' | 'levels' | 'modules' | 'limits'>) {
  return compilePolicy({
    root: ROOT,
    optOut: [],
    level: 'trace',
    levels: {},
    modules: {},
    limits: {},
    ...config,
  })
}

/** A call site in a file of the project, or of an installed package. */
function inFile(file: string): CallSite {
  return { trace: 'x:y:1', file: join(ROOT, file) }
}
function inPackage(name: string): CallSite {
  return {
    trace: 'x:y:1',
    file: join(ROOT, 'node_modules', name, 'index.js'),
    pkg: { name, version: '1.0.0' },
  }
}

describe('wildcards', () => {
  test.each<[pattern: string, text: string, matches: boolean]>([
    ['a', 'a', true],
    ['a', 'ab', false],
    ['', '', true],
    ['', 'a', false],
    ['*', '', true],
    ['*', 'line\nline', true],
    ['a*', 'a', true],
    ['a*', 'ba', false],
    ['*a', 'ba', true],
    ['*a', 'ab', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['ab*ba', 'aba', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['a*b*b', 'ab', false],
    ['a***c', 'abc', true],
    ['socket.io*', 'socketxio', false],
    ['(a+)+$', 'aaa', false],
    ['express:*', 'express', false],
    ['express:*', 'express:router', true],
    ['*:audit', 'shop:audit', true],
  ])('%j on %j: %j', (pattern, text, matches) => {
    expect(wildcard(pattern)(text)).toBe(matches)
  })

  test('a pattern of many wildcards ends on a text that it does not match', () => {
    expect(wildcard('*a'.repeat(5_000))(`${'a'.repeat(100_000)}b`)).toBe(false)
    expect(wildcard('*'.repeat(100_000))('a')).toBe(true)
  })
})

test('precision: exact before wildcard, then the longer one', () => {
  const sorted = [
    'debug:app',
    'package:x',
    'src/api/main.ts',
    'debug:express:*',
    'src/api/**',
    'debug:*',
    '*:*',
  ]
  const ranked = sorted.toSorted((a, b) => precision(b) - precision(a))
  expect(ranked).toEqual([
    'src/api/main.ts',
    'debug:app',
    'package:x',
    'debug:express:*',
    'src/api/**',
    'debug:*',
    '*:*',
  ])
})

describe('what a source and namespace decide alone', () => {
  test('nothing configured: every line is a record, whatever its level', () => {
    expect(policy({}).ruling('debug', 'app')).toEqual({
      native: false,
      threshold: ALL,
      tag: undefined,
      floor: ALL,
    })
  })

  test.each<[patterns: string[], source: string, namespace: string | undefined, native: boolean]>([
    [['debug:*'], 'debug', 'x', true],
    [['debug:*'], 'debug', undefined, true],
    [['debug:*'], 'winston', 'x', false],
    [['debug:socket.io*'], 'debug', 'socket.io:client', true],
    [['debug:socket.io*'], 'debug', 'express', false],
    [['winston:audit'], 'winston', 'audit', true],
    [['winston:audit'], 'winston', undefined, false],
    [['winston:'], 'winston', undefined, true],
    [['winston:'], 'winston', 'audit', false],
    [['*:audit'], 'bunyan', 'audit', true],
    [['@nestjs/common:Foo'], '@nestjs/common', 'Foo', true],
    [['app:ML_MODULE'], 'app', 'ML_MODULE', true],
    [['debug:a', 'debug:b'], 'debug', 'b', true],
  ])('optOut %j of %s:%s: %j', (optOut, source, namespace, native) => {
    expect(policy({ optOut }).ruling(source, namespace).native).toBe(native)
  })

  const levels = {
    'debug:*': 'error',
    'debug:express:*': 'info',
    'debug:express:router': 'off',
    'debug:e*r': 'fatal',
    '*:audit': 'trace',
  } as const
  test.each<[source: string, namespace: string | undefined, threshold: number]>([
    ['debug', undefined, 50],
    ['debug', 'koa', 50],
    ['debug', 'express:view', 30],
    ['debug', 'express:router', NONE],
    ['debug', 'express:router:layer', 30],
    ['debug', 'eager', 60],
    ['winston', 'audit', ALL],
    ['winston', 'other', 40],
  ])(
    'the most precise of `levels` wins, and beats `level`: %s:%s from %d',
    (source, namespace, threshold) => {
      expect(policy({ level: 'warn', levels }).ruling(source, namespace)).toMatchObject({
        threshold,
        floor: threshold,
      })
    },
  )

  test('of two that are equally precise the first wins', () => {
    const ruling = (levels: UserConfig['levels']) => policy({ levels }).ruling('debug', 'a:b')
    expect(ruling({ 'debug:a*': 'info', 'debug:*b': 'warn' }).threshold).toBe(30)
    expect(ruling({ 'debug:*b': 'warn', 'debug:a*': 'info' }).threshold).toBe(40)
  })

  test('modules: the most precise match names the tag', () => {
    const { ruling } = policy({
      modules: { WEB: { match: ['debug:*'] }, API: { match: ['winston:x', 'debug:express:*'] }, C: {} },
    })
    expect(ruling('debug', 'express:view').tag).toBe('API')
    expect(ruling('debug', 'koa').tag).toBe('WEB')
    expect(ruling('consola', undefined).tag).toBeUndefined()
  })
})

describe('what the call site decides', () => {
  test('is not asked where no pattern could still change the decision', () => {
    const named = policy({
      optOut: ['debug:x'],
      levels: { 'debug:y': 'off' },
      modules: { A: { match: ['debug:z'] } },
    })
    expect(named.ruling('debug', 'y').at).toBeUndefined()
    const packages = { levels: { 'package:kafka*': 'warn' }, modules: { A: { match: ['src/*'] } } } as const
    expect(policy(packages).ruling('debug', 'y').at).toBeTypeOf('function')
    const precise = {
      levels: { ...packages.levels, 'debug:y': 'info' },
      modules: { A: { match: ['src/*', 'debug:y'] } },
    } as const
    expect(policy(precise).ruling('debug', 'y').at).toBeUndefined()
    expect(policy({ ...packages, optOut: ['debug:y'] }).ruling('debug', 'y').at).toBeUndefined()
  })

  test('optOut by package beats `levels`: even a hidden level reaches the library', () => {
    const ruling = policy({ optOut: ['package:noisy-lib', 'package:@acme/*'], level: 'fatal' }).ruling(
      'debug',
      'x',
    )
    expect(ruling).toMatchObject({ native: false, floor: ALL, threshold: 60 })
    expect(ruling.at?.(inPackage('noisy-lib')).native).toBe(true)
    expect(ruling.at?.(inPackage('@acme/sdk')).native).toBe(true)
    expect(ruling.at?.(inPackage('noisy-lib-two')).native).toBe(false)
    expect(ruling.at?.(inFile('src/noisy-lib.js')).native).toBe(false)
    expect(ruling.at?.(undefined).native).toBe(false)
  })

  test('`levels` reaches into a library that no package is opted out of', () => {
    const levels = { 'debug:*': 'warn', 'package:kafkajs': 'debug' } as const
    expect(policy({ levels }).ruling('debug', 'x').named).toBe(20)
    expect(policy({ levels }).ruling('loglevel', 'x').named).toBeUndefined()
    expect(policy({ levels, optOut: ['winston:*'] }).ruling('debug', 'x').named).toBe(20)
    expect(policy({ levels, optOut: ['debug:*'] }).ruling('debug', 'x').named).toBeUndefined()
    expect(policy({ levels, optOut: ['package:noisy-lib'] }).ruling('debug', 'x').named).toBeUndefined()
  })

  test('levels by package: the floor lets through what any package may print', () => {
    const { ruling } = policy({
      level: 'warn',
      levels: { 'package:kafkajs': 'debug', 'package:noise': 'off' },
    })
    const { floor, threshold, at } = ruling('console', undefined)
    expect({ floor, threshold }).toEqual({ floor: 20, threshold: 40 })
    expect(at?.(inPackage('kafkajs')).threshold).toBe(20)
    expect(at?.(inPackage('noise')).threshold).toBe(NONE)
    expect(at?.(inPackage('other')).threshold).toBe(40)
    expect(at?.(inFile('src/main.ts')).threshold).toBe(40)
  })

  test('the most precise wins across the kinds of pattern', () => {
    const { ruling } = policy({
      modules: {
        EXACT: { match: ['debug:express:router'] },
        LIB: { match: ['package:kafkajs'] },
        FILE: { match: ['src/api/main.ts'] },
        API: { match: ['src/api/**'] },
        EXPRESS: { match: ['debug:express:*'] },
        DEBUG: { match: ['debug:*'] },
        REST: { match: ['**'] },
      },
    })
    const tags = (namespace: string | undefined, source = 'debug') =>
      [
        inFile('src/api/main.ts'),
        inFile('src/api/x/y.ts'),
        inFile('other.ts'),
        inPackage('kafkajs'),
        undefined,
      ].map((site) => ruling(source, namespace).at?.(site).tag)
    expect(ruling('debug', 'express:router')).toMatchObject({ tag: 'EXACT' })
    expect(ruling('debug', 'express:router').at).toBeUndefined()
    expect(tags('express:view')).toEqual(['FILE', 'EXPRESS', 'EXPRESS', 'LIB', 'EXPRESS'])
    expect(tags('koa')).toEqual(['FILE', 'API', 'DEBUG', 'LIB', 'DEBUG'])
    expect(tags(undefined, 'console')).toEqual(['FILE', 'API', 'REST', 'LIB', undefined])
  })

  test.each<[glob: string, file: string, matches: boolean]>([
    ['src/api/**', 'src/api/a/b.ts', true],
    ['src/api/**', 'src/apiary.ts', false],
    ['./src/*.ts', 'src/a.ts', true],
    ['*.ts', 'src/a.ts', false],
    ['**/*.ts', 'src/a.ts', true],
    ['src/{a,b}.ts', 'src/b.ts', true],
    ['src/**', 'src/.hidden/a.ts', true],
    ['**', '../elsewhere/a.ts', false],
    ['../lib/**', '../lib/a.ts', true],
  ])('the file glob %j on %j: %j', (glob, file, matches) => {
    const { at } = policy({ modules: { TAG: { match: [glob] } } }).ruling('console', undefined)
    expect(at?.(inFile(file)).tag).toBe(matches ? 'TAG' : undefined)
  })

  test('a file glob means the project: not what is installed in it', () => {
    const { at } = policy({ modules: { TAG: { match: ['**'] } } }).ruling('console', undefined)
    expect(at?.(inPackage('express')).tag).toBeUndefined()
    expect(at?.({ trace: 'evalmachine:f:1' }).tag).toBeUndefined()
  })
})
