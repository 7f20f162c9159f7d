import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { node, REGISTER, ROOT, type Run, records, unified } from './support/run'

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'api-')))
cpSync(join(ROOT, 'fixtures/context'), dir, { recursive: true })
mkdirSync(join(dir, 'node_modules/@x'), { recursive: true })
symlinkSync(ROOT, join(dir, 'node_modules/@x/unify-logs'))
writeFileSync(join(dir, 'package.json'), '{}')
afterAll(() => rmSync(dir, { recursive: true }))

describe.each([
  ['with the preload', ['--require', REGISTER]],
  ['without', []],
])('%s', (_how, flags) => {
  it.each(['cjs', 'mjs'])('the public interface (%s)', async (format) => {
    const run = await node([...flags, join(dir, `api.${format}`)])
    expect([run.stderr, run.code, run.observed]).toEqual(['', 0, '[true,null]'])
    const common = {
      source: 'app',
      pid: expect.any(Number),
      hostname: expect.any(String),
      time: expect.any(Number),
    }
    const ml = { ...common, namespace: 'ML_MODULE', module: 'ML_MODULE', trace: expect.any(String) }
    const api = { ...common, namespace: 'API', module: 'API', trace: expect.any(String) }
    const inside = { interactionId: 's-1', userId: 42 }
    const err = { type: 'TypeError', message: 'boom', stack: expect.stringContaining('TypeError: boom\n') }
    expect(records(run)).toEqual([
      { ...ml, level: 30, msg: 'outside' },
      { ...ml, level: 20, msg: 'decoded 12', interactionId: 's-1', data: { frame: 7 } },
      { ...ml, level: 40, msg: 'slow', ...inside, data: { took: 3 } },
      { ...api, level: 50, msg: 'boom', ...inside, err },
    ])
    const traces = records(run).map(({ trace }) => trace)
    expect(traces).toEqual(['api:main:8', 'api:<anonymous>:10', 'api:<anonymous>:12', 'api:<anonymous>:14'])
  })
})

it.each([
  ['json', '"userId":42'],
  ['text', '| user_id : 42'],
])('a field that a module lists is in its records only (%s)', async (format, shown) => {
  const config = join(dir, 'fields.json')
  writeFileSync(config, JSON.stringify({ modules: { API: { fields: ['userId'] } } }))
  const env = { UNIFY_LOGS_CONFIG: config, UNIFY_LOGS_FORMAT: format }
  const { stdout } = await node(['--require', REGISTER, join(dir, 'fields.cjs')], env)
  const [api, ml, end] = stdout.split('\n')
  expect(end).toBe('')
  expect(api).toContain(shown)
  expect(ml).not.toMatch(/user_?id/i)
  for (const line of [api, ml]) expect(line).toMatch(/s-1.*eu/)
})

it('two installed copies share one context and one sink', async () => {
  const copy = join(dir, 'node_modules/copy')
  mkdirSync(copy)
  cpSync(join(ROOT, 'dist'), join(copy, 'dist'), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  writeFileSync(join(copy, 'package.json'), JSON.stringify({ name: 'copy', main: 'dist/index.js' }))
  const second = join(copy, 'dist/register.js')
  const run = await node(['--require', REGISTER, '--require', second, join(dir, 'two-copies.cjs')])
  expect([run.stderr, run.code, run.observed]).toEqual(['', 0, 'true'])
  expect(records(run).map(({ source, msg, interactionId }) => [source, msg, interactionId])).toEqual([
    ['app', 's-1', 's-1'],
    ['app', 'text', 's-1'],
    ['console', 'console', 's-1'],
  ])
})

describe('what the caller sends never takes the place of what is ours', () => {
  const parsed = async (): Promise<[Run, Record<string, unknown>[]]> => {
    const run = await unified(join(dir, 'forging.cjs'))
    return [run, records(run)]
  }

  it('in JSON: every key once, ours with our types', async () => {
    const [run, [app, console]] = await parsed()
    expect([run.stderr, run.code]).toEqual(['', 0])
    for (const [record, source] of [
      [app, 'app'],
      [console, 'console'],
    ] as const) {
      expect(record).toMatchObject({
        level: 30,
        source,
        msg: 'text',
        interactionId: '17',
        level_: 'forged',
        msg_: 'forged',
      })
      expect(record).toMatchObject({
        when: '1970-01-01T00:00:00.000Z',
        by: { name: 'Ann', id: '1' },
        toJSON: 'x',
      })
      expect([typeof record?.time, typeof record?.pid, typeof record?.hostname]).toEqual([
        'number',
        'number',
        'string',
      ])
      expect(record?.trace).toMatch(/^forging:/)
    }
    expect(app?.data).toMatchObject({ level: 'forged', msg: 'forged', toJSON: 'x' })
    for (const line of run.stdout.trimEnd().split('\n')) {
      expect(JSON.stringify(JSON.parse(line)), 'a key stands there twice').toBe(line)
    }
  })

  it('in text: two lines, two records', async () => {
    const { stdout } = await unified(join(dir, 'forging.cjs'), { UNIFY_LOGS_FORMAT: 'text' })
    const lines = stdout.trimEnd().split('\n')
    expect(lines.length).toBe(2)
    for (const line of lines)
      expect(line).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d forging:\S+:\d+ \| \w+ \| INFO \| text/)
  })
})

it('hostile arguments: console throws where it throws natively, and nowhere else', async () => {
  const program = join(ROOT, 'fixtures/preload/hostile.cjs')
  const [native, ours] = await Promise.all([node([program]), unified(program)])
  expect(native.observed.split('\n').length).toBeGreaterThan(1_000)
  expect(ours.observed).toBe(native.observed)
  expect([ours.stderr, ours.code]).toEqual(['', 0])
  const returned = native.observed.match(/"undefined"\]/g)?.length
  expect(records(ours).length).toBe(returned)
})
