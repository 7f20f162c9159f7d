import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ROOT, records, seenBy, unified } from './support/run'

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'health-')))
cpSync(join(ROOT, 'fixtures/context'), dir, { recursive: true })
mkdirSync(join(dir, 'node_modules/@x'), { recursive: true })
symlinkSync(ROOT, join(dir, 'node_modules/@x/unify-logs'))
afterAll(() => rmSync(dir, { recursive: true }))

async function run(program: string, env: NodeJS.ProcessEnv = {}, flags: readonly string[] = []) {
  const after = await unified(join(dir, program), env, flags)
  expect([after.stderr, after.code]).toEqual(['', 0])
  return { lines: records(after), seen: seenBy(after) }
}

it('a million interleaved asynchronous steps: 0 wrong, 0 missing', async () => {
  const { seen } = await run('steps.cjs')
  expect(seen).toEqual({ steps: { right: 1_318_185, wrong: 0, missing: 0 } })
})

it('a million interactions: none is kept', async () => {
  const { seen } = await run('heap.cjs', {}, ['--expose-gc'])
  const { grown, ...contexts } = seen.heap as Record<string, number>
  expect(contexts).toEqual({ alive: 0, without: 0, late: 0 })
  // The fields alone, if they stayed, would be 60 MB.
  expect(grown).toBeLessThan(10e6)
})

describe('stats', () => {
  it('counts runs that are alive, lines that are nobody’s or late', async () => {
    const { lines, seen } = await run('health.cjs')
    const counted = ['alive', 'without', 'late']
    expect(seen.contexts).toEqual(
      [
        [0, 0, 0],
        [1, 1, 0],
        [0, 1, 0],
        [0, 1, 2],
        [0, 1, 3],
        [1, 1, 4],
        [0, 1, 4],
      ].map((numbers) => Object.fromEntries(counted.map((key, i) => [key, numbers[i]]))),
    )
    expect(lines.length).toBe(13)
    for (const { msg, late } of lines) expect([msg, late]).toEqual([msg, msg.startsWith('late') || undefined])
  })

  it('a request ends when it and its response have closed', async () => {
    const { lines, seen } = await run('requests.cjs', { UNIFY_LOGS_HTTP: 'true' })
    expect(seen.contexts).toEqual([
      { alive: 1, without: 0, late: 0 },
      { alive: 0, without: 1, late: 0 },
      { alive: 0, without: 1, late: 23 },
    ])
    expect(lines.filter(({ late }) => late).map(({ msg }) => msg)).toEqual(Array(23).fill('over'))
    expect(lines.length).toBeGreaterThan(100)
  })
})

it('the text does not say of a line that it is late', async () => {
  const { stdout } = await unified(join(dir, 'health.cjs'), { UNIFY_LOGS_FORMAT: 'text' })
  expect(stdout).toContain(' | late, behind a rejection | rejected\n')
})
