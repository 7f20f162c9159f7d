import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { node, REGISTER, ROOT, records, unified } from '../support/run'

const FOLDER = join(ROOT, 'fixtures/bunyan/newest')

describe('what a line says', async () => {
  const program = join(FOLDER, 'lines.cjs')
  const [before, after] = await Promise.all([node([program]), unified(program, { UNIFY_LOGS_STDIO: 'off' })])
  const lines = records(after).map(({ level, msg, data, err }) => ({ level, msg, data, err }))
  const line = (n: number) => lines.find(({ msg }) => msg.startsWith(`${n} `))

  it('keeps a level of its own', () => {
    expect(line(1)).toMatchObject({ level: 35 })
  })

  it('is a record for each stream on the terminal', () => {
    expect(lines.filter(({ msg }) => msg === '2 two streams')).toHaveLength(2)
  })

  it('has the error with its causes', () => {
    const err = { type: 'RangeError', message: 'boom', cause: { message: 'why' } }
    for (const n of [3, 9, 10]) expect(line(n)?.err).toMatchObject(err)
    expect([3, 9, 10].map((n) => line(n)?.data)).toEqual([undefined, { n: 1 }, undefined])
  })

  it('shows no more of an error than the serializers let out', () => {
    expect(before.stdout + after.stdout).not.toContain('hunter2')
    expect(line(4)?.err).toEqual({
      type: 'RangeError',
      message: 'boom',
      stack: expect.stringMatching(/^RangeError: boom\n +at /),
      code: 'E_HTTP',
    })
    expect(line(5)).toMatchObject({ data: { err: { kind: 'RangeError' } }, err: undefined })
    expect(line(6)).toMatchObject({ data: { err: { message: '***' } }, err: undefined })
    expect(line(7)).toMatchObject({ data: { err: { message: '***' } }, err: undefined })
    expect(line(8)).toMatchObject({ data: { err: { stack: '***' } }, err: undefined })
  })

  it('of a raw stream on the terminal fails as it does without us', () => {
    expect(line(11)).toBeUndefined()
    expect(after.stderr).toBe('ERR_INVALID_ARG_TYPE\n')
    expect(before.stderr).toContain(after.stderr)
  })

  it('is a record whatever its level or stack is', () => {
    expect(line(12)).toMatchObject({ level: 30 })
    expect(line(13)).toMatchObject({ err: { message: 'odd' } })
  })

  it('may be its fields alone', () => {
    expect(lines.find(({ msg }) => msg === '')).toMatchObject({ data: { a: 1 } })
  })
})

it('loggers that exist before us are taken over', async () => {
  const lines = records(await node([join(FOLDER, 'late.cjs'), REGISTER], { UNIFY_LOGS_FORMAT: 'json' }))
  expect(
    lines.map(({ msg, namespace, trace }) => [msg.slice(0, 2), namespace, trace.split(':').at(-1)]),
  ).toEqual([
    ['T1', 'early', '7'],
    ['T2', 'early:part', '8'],
    ['T3', 'early', '9'],
  ])
})

it('opt-out by namespace leaves the lines of a component, and no other', async () => {
  const env = { UNIFY_LOGS_FORMAT: 'json', UNIFY_LOGS_OPT_OUT: 'bunyan:early:part' }
  const { stdout } = await node([join(FOLDER, 'late.cjs'), REGISTER], env)
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ source }) => source)).toEqual(['bunyan', undefined, 'bunyan'])
  expect(lines[1]).toMatchObject({ name: 'early', component: 'part', v: 0 })
})
