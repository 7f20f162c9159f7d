import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { node, REGISTER, ROOT, records } from './support/run'

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'noise-')))
cpSync(join(ROOT, 'fixtures/noise'), dir, { recursive: true })
mkdirSync(join(dir, 'node_modules/@x'), { recursive: true })
symlinkSync(ROOT, join(dir, 'node_modules/@x/unify-logs'))
const { resolve } = createRequire(join(ROOT, 'fixtures/loglevel/newest/app.cjs'))
symlinkSync(dirname(resolve('loglevel/package.json')), join(dir, 'node_modules/loglevel'))
writeFileSync(join(dir, 'package.json'), '{}')
afterAll(() => rmSync(dir, { recursive: true }))

const said = async (mode: string, config: object, env: NodeJS.ProcessEnv = {}) => {
  const file = join(dir, `${mode}.json`)
  writeFileSync(file, JSON.stringify(config))
  const args = ['--require', REGISTER, join(dir, 'noise.cjs'), mode]
  const run = await node(args, { UNIFY_LOGS_CONFIG: file, ...env })
  expect(run.stderr).toBe('')
  return run
}

describe('limits', () => {
  it('let so many lines of each namespace pass, and one record says what was left out', async () => {
    const run = await said('limits', { limits: { 'loglevel:*': '5/m', 'loglevel:free': '1000/s' } })
    const lines = records(run)
    const of = (namespace: string) => lines.filter((line) => line.namespace === namespace)
    expect(of('free')).toHaveLength(7)
    expect(of('noisy').map(({ msg }) => msg)).toEqual([
      ...['noisy 0', 'noisy 1', 'noisy 2', 'noisy 3', 'noisy 4'],
      '46 lines left out: more than 5/m',
    ])
    expect(of('noisy').at(-1)).toMatchObject({ leftOut: 46, level: 50, source: 'loglevel', module: 'noisy' })
    expect(of('other').at(-1)).toMatchObject({ leftOut: 45, level: 40 })
    // It is nobody's.
    for (const line of lines) expect(line.interactionId).toBe(line.leftOut ? undefined : 's-1')
  })

  it('says it when the time is over, whether or not another line comes', async () => {
    const run = await said('later', { limits: { 'loglevel:noisy': '3/s' } })
    expect(records(run).map(({ msg }) => msg)).toEqual([
      ...['early 0', 'early 1', 'early 2'],
      '6 lines left out: more than 3/s',
      'a second later',
    ])
  })
})

describe('fold', () => {
  it.each([
    ['end', 0],
    ['exit', 3],
  ])('a record that comes again is counted (%s)', async (mode, code) => {
    const run = await said(mode, { fold: true })
    expect(run.code).toBe(code)
    expect(records(run).map(({ msg, repeated }) => [msg, repeated])).toEqual([
      ['the same', undefined],
      ['the same', 4],
      ['one', undefined],
      ['two', undefined],
      ['two', 1],
    ])
  })

  it('in text', async () => {
    const { stdout } = await said('text', {}, { UNIFY_LOGS_FOLD: 'true', UNIFY_LOGS_FORMAT: 'text' })
    expect(stdout.split('\n').map((line) => line.split(' | ').at(-1))).toEqual([
      ...['the same', 'the same (4 more)', 'one', 'two', 'two (1 more)'],
      '',
    ])
  })
})
