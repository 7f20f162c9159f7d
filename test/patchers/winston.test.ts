import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { soundPlatform } from '../../src/core/hooks/versions'
import { node, REGISTER, ROOT, records, unified } from '../support/run'

const FOLDER = join(ROOT, 'fixtures/winston/newest')
const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']

describe('exception and rejection handlers', () => {
  it.each([
    ['throws', []],
    ['throws', ['stay']],
    ['rejects', []],
  ] as const)('%s %j: the same exit code, one record', async (kind, options) => {
    const args = [join(FOLDER, 'crash.cjs'), kind, ...options]
    const [before, after] = await Promise.all([
      node(args),
      node(['--require', REGISTER, ...args], { UNIFY_LOGS_FORMAT: 'json' }),
    ])

    expect(before.stdout).toMatch(/^error: \w+: boom\n$/)
    expect([after.code, after.stderr]).toEqual([before.code, before.stderr])
    const [record, ...others] = records(after)
    expect(others).toEqual([])
    expect(record).toMatchObject({ source: 'winston', level: 50, err: { type: 'Error', message: 'boom' } })
    expect(record.msg).toBe(before.stdout.trimEnd())
    expect(record.trace).toBeUndefined()
  })
})

describe('what a line says', () => {
  it('is what the program lets out to its terminal', async () => {
    const program = join(FOLDER, 'privacy.cjs')
    const before = await node([program])
    const after = await unified(program)
    expect(before.stdout + after.stdout).not.toContain('hunter2')

    const lines = records(after).map(({ msg, data, err }) => ({ msg, data, err }))
    expect(lines).toHaveLength(13)
    expect(lines[0]).toEqual({ msg: '1 a format masks', data: { password: '***', user: 'ann' } })
    expect(lines[1]).toEqual({ msg: '2 a layout masks ***' })
    expect(lines[2]).toEqual({ msg: '3 masks fields', data: { user: 'ann' } })
    expect(lines[3]).toEqual({ msg: '4 a layout leaves out' })
    expect(lines[4]).toEqual({ msg: '5 prints no short ones' })
    expect(lines[5]).toEqual({
      msg: '6 shows',
      data: { user: 'ann', list: [{ name: 'bob\n"b"' }], pin: 4711, ok: true },
    })
    expect(lines[7]).toMatchObject({ msg: '8 an error of its own', err: { message: 'of its own' } })
    expect(lines[6]).toEqual({ msg: '7 a replacer', data: { user: 'ann' } })
    expect(lines[8]).toEqual({ msg: '9 found 3 of them' })
    expect(lines[9]).toEqual({ msg: '10 found 3 of them', data: { rows: 3 } })
    expect(lines[10]).toMatchObject({ data: undefined, err: { type: 'error', code: 'P01' } })
    expect(lines[11]).toEqual({ msg: '12 folded for ann', data: { user: 'ann' } })
    expect(lines[12]).toEqual({ msg: '13 is changed behind the JSON', data: { user: 'ann' } })
  })
})

describe('a pipeline that is backed up', () => {
  it.each(BACK_ENDS)('each line keeps the interaction and the place of its caller (%s)', async (hooks) => {
    const program = join(FOLDER, 'interactions.cjs')
    const lines = records(await unified(program, { UNIFY_LOGS_HOOKS: hooks }))
    expect(lines).toHaveLength(66)

    const own = lines.filter(({ msg }) => msg !== 'shared')
    expect(own.map(({ interactionId }) => `of ${interactionId}`)).toEqual(own.map(({ msg }) => msg))
    expect(new Set(own.map(({ trace }) => trace.split(':').at(-1))).size).toBe(2)
    // One object in several places of the pipeline: whose line it is cannot be known.
    const shared = lines.filter(({ msg }) => msg === 'shared')
    expect(shared.map(({ interactionId, trace }) => [interactionId, trace])).toEqual(
      Array(3).fill([undefined, undefined]),
    )
  })
})

describe('loaded before us', () => {
  it('loggers, children and containers that exist are taken over', async () => {
    const lines = records(
      await node([join(FOLDER, 'late.cjs'), REGISTER], { UNIFY_LOGS_FORMAT: 'json' }),
    ).map(({ msg, namespace, source, trace }) => [
      msg.slice(0, 2),
      source,
      namespace,
      trace.split(':').at(-1),
    ])
    expect(lines.sort()).toEqual([
      ['T1', 'winston', undefined, '7'],
      ['T2', 'winston', undefined, '8'],
      ['T3', 'winston', 'payments', '9'],
      ['T4', 'winston', undefined, '10'],
    ])
  })
})

describe('opt-out by namespace', () => {
  it('leaves the lines of a label or a container, and no other', async () => {
    const run = await unified(join(FOLDER, 'audit.cjs'), { UNIFY_LOGS_OPT_OUT: 'winston:audit' })
    const lines = run.stdout.trimEnd().split('\n').sort()
    expect(lines.filter((line) => !line.startsWith('{'))).toEqual([
      '<audit> an audit line',
      'info: by its container',
    ])
    expect(lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line).msg)).toEqual([
      'another line',
    ])
  })
})
