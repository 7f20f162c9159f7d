import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { ROOT, records, unified } from './support/run'

const PROGRAM = join(ROOT, 'fixtures/fuzz/secrets.cjs')
const SECRET = 'CANARY'
const dir = mkdtempSync(join(tmpdir(), 'redact-'))
const config = join(dir, 'config.json')
afterAll(() => rmSync(dir, { recursive: true }))

it('no source leaks a secret, in whatever shape and under whatever spelling of its key', async () => {
  const names = ['password', '*.api_key', 'x-api-key', 'authorization', '["set-cookie"]']
  writeFileSync(config, JSON.stringify({ redact: names }))
  const run = await unified(PROGRAM, { UNIFY_LOGS_CONFIG: config })
  expect([run.code, run.stderr]).toEqual([0, ''])
  const made = records(run)
  expect(made.length).toBeGreaterThan(2_000)
  expect(new Set(made.map(({ source }) => source)).size).toBeGreaterThanOrEqual(28)
  // `%j` of log escapes no quotes within a text, so nobody can say where that ends.
  const unclear = ({ source, msg }: (typeof made)[number]) => source === 'log' && msg.includes('"quoted"')
  const leaking = made.filter((record) => JSON.stringify(record).includes(SECRET))
  expect(leaking.filter((record) => !unclear(record))).toEqual([])
})

it('without the key it is in almost all of them', async () => {
  const made = records(await unified(PROGRAM))
  const leaking = made.filter((record) => JSON.stringify(record).includes(SECRET))
  expect(leaking.length).toBeGreaterThan(made.length / 2)
})

it('what the program put on the prototypes is neither heard nor told', async () => {
  const run = await unified(join(ROOT, 'fixtures/fuzz/polluted.cjs'))
  expect([run.code, run.stderr]).toEqual([0, ''])
  const [, plain, failed, map, text, printed, ...more] = records(run)
  expect(more).toEqual([])
  expect(plain).toMatchObject({ level: 30, msg: 'plain', data: { list: [1, [2]], secret: 1 } })
  expect(Object.keys(failed.err)).toEqual(['type', 'message', 'stack'])
  expect(map).toMatchObject({ level: 40, msg: 'map', data: { map: { secret: [1] } } })
  expect(text).toMatchObject({ source: 'console', level: 30, msg: 'text' })
  // Node itself prints the cause that an Error seems to have.
  expect(Object.keys(printed.err)).toEqual(['type', 'message', 'stack'])
})
