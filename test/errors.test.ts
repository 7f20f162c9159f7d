import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ROOT, records, seenBy, unified } from './support/run'

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'errors-')))
cpSync(join(ROOT, 'fixtures/context'), dir, { recursive: true })
mkdirSync(join(dir, 'node_modules/@x'), { recursive: true })
symlinkSync(ROOT, join(dir, 'node_modules/@x/unify-logs'))
afterAll(() => rmSync(dir, { recursive: true }))

const run = async (program: string, errors: string) => {
  const after = await unified(join(dir, program), { UNIFY_LOGS_ERRORS: errors })
  expect(after.code).toBe(0)
  return after
}

describe.each(['thrown', 'created'])('errors: %s', (errors) => {
  it('an error that is logged outside of its interaction carries it', async () => {
    const found = records(await run('made.cjs', errors))
    expect(found.length).toBe(17)
    for (const { err, interactionId = 'none' } of found) {
      const [, thrown, created] = /^(\w+), (\w+): /.exec(err.message) ?? []
      expect([err.message, interactionId]).toEqual([err.message, errors === 'thrown' ? thrown : created])
    }
  })
})

it('an error that is watched as it is made is what it is natively: stack, class, text', async () => {
  const [natively, watched] = await Promise.all(
    ['thrown', 'created'].map((errors) => run('stacks.cjs', errors)),
  )
  const expected = seenBy(natively as never)
  expect(Object.keys(expected).length).toBe(136)
  expect(seenBy(watched as never)).toEqual(expected)
})
