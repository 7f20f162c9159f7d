import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { soundPlatform } from '../src/core/hooks/versions'
import { IDENTITY, node, REGISTER, ROOT, seenBy } from './support/run'

const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const FIXTURES = join(ROOT, 'fixtures')
const dir = mkdtempSync(join(tmpdir(), 'unpatch-'))
afterAll(() => rmSync(dir, { recursive: true }))

/** All that changes something, and thresholds that are not the program's. */
const config = join(dir, 'unify-logs.json')
const levels = Object.fromEntries(
  ['bunyan', 'consola', 'debug', 'log4js', 'loglevel', 'winston'].map((name) => [`${name}:*`, 'error']),
)
writeFileSync(
  config,
  JSON.stringify({
    ...{ levels: { ...levels, 'pino:*': 'trace' }, http: { propagate: ['*'] }, errors: 'created' },
    ...{ reload: 'SIGUSR2', stdio: 'both', fold: true },
  }),
)

/** @param flags those that differ: ours, or none */
function run(flags: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const first = flags.includes(REGISTER) ? [] : ['--require', IDENTITY]
  const before = ['clock.cjs', 'unpatch/looks.cjs'].flatMap((file) => ['--require', join(FIXTURES, file)])
  return node([...first, ...before, ...flags, join(FIXTURES, 'unpatch/program.cjs')], {
    NODE_DEBUG: 'none',
    ...env,
  })
}

it.each(BACK_ENDS)('unpatch() leaves everything as it is without us (%s)', async (hooks) => {
  const env = { UNIFY_LOGS_CONFIG: config, UNIFY_LOGS_FORMAT: 'json', UNIFY_LOGS_HOOKS: hooks }
  const [native, undone] = [await run([]), await run(['--require', REGISTER], env)]
  const behind = (text: string) => text.split('--- from here\n')[1]
  expect([undone.code, native.code]).toEqual([0, 0])
  expect(behind(native.stdout)?.split('\n').length).toBeGreaterThan(50)
  expect(behind(undone.stdout)).toBe(behind(native.stdout))
  expect(behind(undone.stderr)).toBe(behind(native.stderr))
  expect(seenBy(undone)).toEqual(seenBy(native))
  // Before, what was allowed was records, and nothing of it was lost.
  expect(undone.stdout.split('\n').filter((line) => line.includes('"source":')).length).toBeGreaterThan(10)
  expect(undone.stdout).toContain('held back \n')
})
