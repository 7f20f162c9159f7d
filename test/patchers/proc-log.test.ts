import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { soundPlatform } from '../../src/core/hooks/versions'
import { ROOT, records, unified } from '../support/run'

const FOLDER = mkdtempSync(join(tmpdir(), 'proc-log-'))
const NAMED = join(FOLDER, 'unify-logs.config.json')
writeFileSync(NAMED, JSON.stringify({ patch: ['console', 'proc-log'] }))
const PACKAGES = join(FOLDER, 'packages.config.json')
writeFileSync(PACKAGES, JSON.stringify({ patch: [{ package: '@acme/sdk', tag: 'ACME' }] }))
afterAll(() => rmSync(FOLDER, { recursive: true }))

const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const APPS = ['oldest/app.cjs', 'oldest/app.mjs', 'newest/app.cjs', 'newest/app.mjs']

describe.each(BACK_ENDS)('%s', (hooks) => {
  it.each(APPS)('named in patch, each event of %s is a record', async (app) => {
    const env = { UNIFY_LOGS_HOOKS: hooks, UNIFY_LOGS_CONFIG: NAMED }
    const run = await unified(join(ROOT, 'fixtures/proc-log', app), env)

    // Somebody listens: the calls return true.
    expect([run.code, run.stderr]).toEqual([1, ''])
    const lines = records(run)
    expect(
      lines.map(({ level, msg, trace }) => [level, msg.split('\n')[0], trace.split(':').at(-1)]),
    ).toEqual([
      [30, 'info formatted', '3'],
      [50, 'error Error: boom', '4'],
      [40, 'prefix warning', '5'],
      [30, 'notice', '6'],
      [30, 'fetch GET 200', '7'],
      [20, "verbose { an: 'object' }", '8'],
      [10, 'silly', '9'],
    ])
    expect(lines[1]).toMatchObject({ source: 'proc-log', err: { message: 'boom' } })
  })

  it.each(APPS)('not named, %s prints nothing', async (app) => {
    for (const config of [{}, { UNIFY_LOGS_CONFIG: PACKAGES }]) {
      const run = await unified(join(ROOT, 'fixtures/proc-log', app), { UNIFY_LOGS_HOOKS: hooks, ...config })
      expect([run.code, run.stdout, run.stderr]).toEqual([0, '', ''])
    }
  })
})
