import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { soundPlatform } from '../../src/core/hooks/versions'
import { node, REGISTER, ROOT, records, unified } from '../support/run'

const FOLDER = join(ROOT, 'fixtures/log4js/newest')
const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']

it.each(BACK_ENDS)(
  'a cluster worker’s line is one record, of the primary, with its caller (%s)',
  async (hooks) => {
    const run = await unified(join(FOLDER, 'cluster.cjs'), { UNIFY_LOGS_HOOKS: hooks })
    expect([run.stderr, run.code]).toEqual(['', 0])
    const [first, worker, outside, ...others] = records(run)
    expect(others).toEqual([])
    expect(first).toMatchObject({ msg: 'of the primary', namespace: 'job' })
    expect(worker).toMatchObject({ source: 'log4js', namespace: 'job', level: 50, err: { message: 'boom' } })
    expect(worker).toMatchObject({ pid: first.pid, interactionId: 'i-1', big: '1', list: [1] })
    expect(worker.msg).toMatch(/^of the worker Error: boom\n/)
    expect(worker.trace).toMatch(/cluster:<anonymous>:22$/)
    expect(worker.data).toBeUndefined()
    expect(outside).toMatchObject({ msg: 'outside' })
    expect(outside.interactionId).toBeUndefined()
  },
)

it('the primary’s own appenders get of a worker what they get without us', async () => {
  const program = join(FOLDER, 'cluster.cjs')
  const [before, after] = await Promise.all([node([program]), unified(program)])
  expect(after.observed).toBe(before.observed)
  expect(before.observed).toContain('of the worker')
})

it.each(BACK_ENDS)('a line that an appender prints later keeps its interaction (%s)', async (hooks) => {
  const lines = records(await unified(join(FOLDER, 'interactions.cjs'), { UNIFY_LOGS_HOOKS: hooks }))
  expect(lines.map(({ interactionId }) => interactionId)).toEqual(['i-1', 'i-2', 'i-3'])
  for (const { msg, interactionId, trace } of lines) {
    expect(msg).toBe(`of ${interactionId}`)
    expect(trace).toMatch(/interactions:<anonymous>:14$/)
  }
})

it('appenders that were configured before us are taken over', async () => {
  const run = await node([join(FOLDER, 'late.cjs'), REGISTER], { UNIFY_LOGS_FORMAT: 'json' })
  expect(run.stderr).toBe('')
  expect(
    records(run).map(({ msg, source, namespace, level, trace }) => [
      msg,
      source,
      namespace,
      level,
      trace.split(':').at(-1),
    ]),
  ).toEqual([
    ['T1 configured before', 'log4js', 'default', 40, '14'],
    ['T2 configured before', 'log4js', 'err', 40, '14'],
    ['T3 configured before', 'log4js', 'con', 40, '14'],
    ['T4 configured since', 'log4js', 'err', 30, '20'],
  ])
})

describe('what a line says', async () => {
  const program = join(FOLDER, 'privacy.cjs')
  const [before, after] = await Promise.all([
    node([program]),
    unified(program, { UNIFY_LOGS_OPT_OUT: 'console' }),
  ])

  it('is what the layout lets out', () => {
    expect(before.stdout + after.stdout).not.toContain('hunter2')
    expect(records(after).map(({ msg, data, err }) => ({ msg, data, err }))).toEqual([
      { msg: before.stdout.split('\n')[0], data: { user: 'ann', n: 4711 } },
      { msg: '2 shows all 7', data: { user: 'ann' } },
      { msg: '3 leaves out' },
      { msg: '4 has no place for the context', data: { user: 'ann' } },
    ])
  })

  it('a layout that fails, or that there is none of, fails as it does without us', () => {
    expect(after.stderr).toBe(before.stderr)
    expect(before.stderr.split('\n')).toHaveLength(3)
  })
})

it('opt-out by category leaves its lines, and no other', async () => {
  const env = { UNIFY_LOGS_OPT_OUT: 'log4js:masked,console' }
  const { stdout } = await unified(join(FOLDER, 'privacy.cjs'), env)
  const lines = stdout.trimEnd().split('\n')
  expect(lines.map((line) => line.startsWith('['))).toEqual([true, true, false, false])
})

it('its own debug lines are as many as without us', async () => {
  const program = join(FOLDER, 'privacy.cjs')
  const env = { DEBUG: 'log4js:categories' }
  const [before, after] = await Promise.all([node([program], env), unified(program, env)])
  const lines = (text: string) => text.match(/configForCategory: /g)?.length
  expect(lines(before.stderr)).toBeGreaterThan(10)
  expect(lines(after.stdout)).toBe(lines(before.stderr))
})
