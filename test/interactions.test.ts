import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { soundPlatform } from '../src/core/hooks/versions'
import { newest } from './support/newest'
import { ROOT, records, seenBy, unified } from './support/run'

const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const LOGGERS = ['consola', 'debug', 'loglevel', 'winston']

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'interactions-')))
cpSync(join(ROOT, 'fixtures/context'), dir, { recursive: true })
mkdirSync(join(dir, 'node_modules/@x'), { recursive: true })
symlinkSync(ROOT, join(dir, 'node_modules/@x/unify-logs'))
for (const logger of LOGGERS) symlinkSync(newest(logger), join(dir, 'node_modules', logger))
writeFileSync(join(dir, 'package.json'), '{}')
afterAll(() => rmSync(dir, { recursive: true }))

describe.each(BACK_ENDS)('%s', (hooks) => {
  const env = { UNIFY_LOGS_HOOKS: hooks, DEBUG: 'request,outside', NODE_ENV: 'production' }

  it.each(['cjs', 'mjs'])('200 interactions over six loggers: 0 wrong, 0 missing (%s)', async (format) => {
    const run = await unified(join(dir, `interactions.${format}`), env)
    expect([run.stderr, run.code]).toEqual(['', 0])
    const lines = records(run).map((record) => {
      const [, n = '', step = ''] = /line (\d+) (\d+) \d+/.exec(record.msg) ?? []
      const userId = Number(step) < 2 ? undefined : Number(n)
      const right = record.interactionId === `i-${n}` && record.userId === userId
      return { source: record.source, text: record.msg, right }
    })
    const sources = new Map(LOGGERS.concat('console', 'app').map((source) => [source, 0]))
    for (const { source } of lines) sources.set(source, (sources.get(source) ?? 0) + 1)
    expect(Object.fromEntries(sources)).toEqual(
      Object.fromEntries([...sources.keys()].map((key) => [key, 1_000])),
    )
    expect(lines.filter(({ right }) => !right)).toEqual([])
    expect(new Set(lines.map(({ text }) => text)).size).toBe(6_000)
  })

  it('an error that left its interaction takes it along to a line outside', async () => {
    const run = await unified(join(dir, 'outside.cjs'), env)
    const found = records(run).map(({ interactionId, err }) => [interactionId, err?.message])
    expect([run.stderr, found.length]).toEqual(['', 15])
    for (const [interactionId, message] of found.slice(0, -1)) expect(interactionId).toBe(message)
    expect(found.at(-1)).toEqual(['second', 'first'])
  })
})

it('streams that interactions share: listeners and callbacks run in the context of who gave them', async () => {
  const run = await unified(join(dir, 'streams.cjs'))
  expect([run.stderr, run.code]).toEqual(['', 0])
  const { listeners, none, ...seen } = seenBy(run)
  expect([listeners, none]).toEqual([
    [false, true, true],
    [0, 0],
  ])
  expect(Object.keys(seen).length).toBe(35)
  for (const [what, ids] of Object.entries(seen)) {
    expect([what, new Set(ids as string[])]).toEqual([what, new Set([what.slice(0, 1)])])
  }
})
