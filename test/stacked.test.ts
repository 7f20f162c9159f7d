import { join } from 'node:path'
import { expect, it } from 'vitest'
import { soundPlatform } from '../src/core/hooks/versions'
import { node, ROOT, records, unified } from './support/run'

const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const PROGRAM = join(ROOT, 'fixtures/stacked/loggers.mjs')

it.each(BACK_ENDS)('a line has one owner, the outermost logger that is known (%s)', async (hooks) => {
  const native = await node([PROGRAM])
  const lines = `${native.stdout}${native.stderr}`.split('\n').filter((line) => line !== '')
  const run = await unified(PROGRAM, { UNIFY_LOGS_HOOKS: hooks })
  expect([run.code, run.stderr]).toEqual([native.code, ''])
  expect(records(run).map(({ source, module, msg }) => `${source} ${module}: ${msg}`)).toEqual([
    'debug LH:Gatherer:warn: slow',
    'loglevel webdriver: stale',
    'console loglevelnext: ⬢ wds: rebuilt',
    'consola APP: wrapped',
    // The callback's line is one of its own, and came first.
    'loglevel format: from a format',
    'winston APP: outer',
  ])
  expect(lines).toHaveLength(6)
})
