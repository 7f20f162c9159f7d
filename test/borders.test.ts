import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { soundPlatform } from '../src/core/hooks/versions'
import { packed } from '../src/core/packed'
import { node, REGISTER, ROOT, records } from './support/run'

const BORDERS = join(ROOT, 'fixtures/borders')
const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const dir = realpathSync(mkdtempSync(join(tmpdir(), 'borders-')))
afterAll(() => rmSync(dir, { recursive: true }))

async function run([program, ...args]: string[], env: NodeJS.ProcessEnv = {}) {
  const after = await node([join(BORDERS, program as string), ...args], {
    NODE_OPTIONS: `--require ${REGISTER}`,
    UNIFY_LOGS_FORMAT: 'json',
    UNIFY_LOGS_TRACE: 'off',
    ...env,
  })
  expect([after.stderr, after.code]).toEqual(['', 0])
  return after
}

const KINDS = [
  'worker',
  'fork',
  'spawn',
  'exec',
  'execFile',
  'spawnSync',
  'execFileSync',
  'execSync',
  'cluster',
]

describe.each(BACK_ENDS)('with the %s hooks', (hooks) => {
  const env = { UNIFY_LOGS_HOOKS: hooks }

  it.each(KINDS)('%s: the lines of the child are of the interaction that starts it', async (kind) => {
    const lines = records(await run(['all.cjs', kind, '3'], env))
    expect(lines.map(({ msg, interactionId, userId }) => [msg, interactionId, userId]).toSorted()).toEqual(
      [0, 1, 2].map((i) => [`n${i}`, `n${i}`, i]),
    )
    for (const { worker } of lines) expect(worker).toEqual(kind === 'worker' ? expect.any(Number) : undefined)
  })

  it.each(KINDS)('%s outside of every interaction', async (kind) => {
    const lines = records(await run(['all.cjs', kind, 'none'], env))
    expect(lines.map(({ msg, interactionId }) => [msg, interactionId])).toEqual([['free', undefined]])
  })

  it('one id in every line of a request, its worker thread, that one’s child, and a second service', async () => {
    const config = join(dir, `${hooks}.json`)
    writeFileSync(config, JSON.stringify({ http: { trustHeader: true, propagate: ['127.0.0.1'] } }))
    const lines = records(await run(['chain.cjs'], { ...env, UNIFY_LOGS_CONFIG: config }))
    const told = lines.map(({ msg, interactionId }) => `${interactionId} ${msg}`)
    const steps = ['child', 'first', 'first again', 'second', 'thread']
    expect(told.toSorted()).toEqual([0, 1, 2, 3, 4].flatMap((i) => steps.map((step) => `r${i} ${step}`)))
    expect(lines.filter(({ worker }) => worker !== undefined).map(({ msg }) => msg)).toEqual(
      lines.map(({ msg }) => msg).filter((msg) => msg === 'thread'),
    )
    const pids = new Map(lines.map(({ msg, pid }) => [msg, pid]))
    expect(new Set(['first', 'child', 'second'].map((msg) => pids.get(msg))).size).toBe(3)
    expect(pids.get('thread')).toBe(pids.get('first'))
  })
})

it('50 interactions at once, each with a child: 0 wrong', async () => {
  const lines = records(await run(['all.cjs', 'fork', '50']))
  expect(lines.map(({ msg, interactionId, userId }) => [msg, interactionId, userId]).toSorted()).toEqual(
    Array.from({ length: 50 }, (_, i) => [`n${i}`, `n${i}`, i]).toSorted(),
  )
})

it('50 at once, each with a worker thread and its child: 0 wrong', async () => {
  const lines = records(await run(['all.cjs', 'worker and its child', '50']))
  expect(lines).toHaveLength(100)
  for (const { msg, interactionId, userId } of lines)
    expect([interactionId, `n${userId}`]).toEqual([msg.split("'")[0], interactionId])
})

it('with flags in place of NODE_OPTIONS, as far as Node hands them on', async () => {
  const args = ['--require', REGISTER, join(BORDERS, 'all.cjs')]
  for (const kind of ['fork', 'worker', 'cluster']) {
    const lines = records(await node([...args, kind, '1'], { UNIFY_LOGS_FORMAT: 'json' }))
    expect(lines.map(({ msg, interactionId }) => [msg, interactionId])).toEqual([['n0', 'n0']])
  }
  // Not preloaded, so nobody would take the variable away: the program is started without.
  const { stdout } = await node([...args, 'spawn', '1'])
  expect(stdout).toBe('n0\n')
})

it('with the preload in the first line of the program', async () => {
  const [line] = records(await run(['first-line.cjs'], { NODE_OPTIONS: '' }))
  expect([line.msg, line.interactionId]).toEqual(['child', 'i'])
})

it('the text format does not name the worker thread', async () => {
  const { stdout } = await run(['all.cjs', 'worker', '1'], { UNIFY_LOGS_FORMAT: 'text' })
  expect(stdout).toMatch(/^[\d-]+ [\d:]+ \| APP \| INFO \| n0 \| n0 \| user_id : 0\n$/)
})

it('nothing is told but by an interaction, and only to who takes it away', async () => {
  const { observed } = await run(['untouched.cjs'])
  const told = Object.fromEntries(
    observed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  )
  const others = [`NODE_OPTIONS=--require ${REGISTER}`, 'OWN=1']
  const text = JSON.stringify({ interactionId: 'a', count: '3', at: '1970-01-01T00:00:00.000Z' })
  expect(told).toEqual({
    outside: { told: [], others },
    empty: { told: [], others },
    inside: { told: [text], others },
    off: { told: [], others: [...others, 'UNIFY_LOGS=off'] },
    'not preloaded': { told: [], others: ['OWN=1'] },
    sync: expect.stringContaining('1'),
    status: 3,
    env: [false, ['NODE_OPTIONS', 'OWN'], ['env', 'stdio']],
  })
})

it('a child’s own runs add to what it was handed', async () => {
  const UNIFY_LOGS_CONTEXT = JSON.stringify({ interactionId: 'p', level: 9, nested: { a: [1] } })
  const lines = records(await run(['inside.cjs'], { UNIFY_LOGS_CONTEXT }))
  const own = { interactionId: 'p', level_: 9, nested: { a: [1] } }
  expect(lines).toMatchObject([
    { ...own, msg: 'base' },
    { ...own, msg: 'run', step: 1 },
    { ...own, msg: 'false' },
    { ...own, msg: 'wrapped' },
  ])
  expect(lines[2]).not.toHaveProperty('never')
})

it.each(['', '[]', '[1]', '"text"', 'null', '7'])('a variable of %j counts for nothing', async (text) => {
  const [line, ...more] = records(await run(['say.cjs', 'said'], { UNIFY_LOGS_CONTEXT: text }))
  expect([line.msg, Object.keys(line), more]).toEqual([
    'said',
    ['level', 'time', 'pid', 'hostname', 'source', 'module', 'msg'],
    [],
  ])
})

it('what is too long or cannot be read is left out or named, the id first of all', () => {
  const huge = 'x'.repeat(9_000)
  const fields = {
    huge,
    interactionId: 'i',
    bad: {
      get worse() {
        throw new Error('no')
      },
    },
  }
  expect(JSON.parse(packed(fields) as string)).toEqual({
    interactionId: 'i',
    bad: { worse: '[Threw: Error: no]' },
  })
  expect(packed({ huge })).toBeUndefined()
  expect(packed({})).toBeUndefined()
})
