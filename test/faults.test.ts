import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { node, REGISTER, ROOT, type Run, seenBy } from './support/run'

const FAULTS = join(ROOT, 'fixtures/faults')

/** One function of ours that threw, and what came of it. */
interface Episode {
  readonly id: string
  readonly reached: readonly string[]
  readonly returned: Readonly<Record<string, string>>
  readonly lost: number
}

/** What the program sees otherwise than natively, or what is nowhere to be found. */
function harm(run: Run): string[] {
  const told: [name: string, episode: Episode][] = run.observed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  const [first, ...rest] = told
  const returned = first?.[1].returned ?? {}
  const shown = new Set([...`${run.stdout}${run.stderr}`.matchAll(/T(\w+-\w+)\./g)].map(([, token]) => token))
  const said = run.stderr
    .split(/^--- /m)
    .map((text) => text.split('\n').filter((line) => line.startsWith('unify-logs:')))
  return [
    ...rest.flatMap(([name, { id, reached, lost, ...seen }]) => [
      ...reached.map((what) => `${name} reaches the program: ${what}`),
      ...Object.keys(returned)
        .filter((act) => seen.returned[act] !== returned[act])
        .map((act) => `${name} changes what ${act} returns`),
      ...Object.keys(returned)
        .filter((act) => !shown.has(`${id}-${act}`))
        .slice(lost)
        .map((act) => `${name} loses the line of ${act}`),
    ]),
    ...said.filter((lines) => lines.length > 5).map(([line]) => `${line} and more`),
  ]
}

it('a fault in any function that a line passes reaches nobody, and the line is there or counted', async () => {
  const flags = [join(FAULTS, 'instrument.cjs'), REGISTER].flatMap((file) => ['--require', file])
  const run = await node([...flags, join(FAULTS, 'program.cjs')], { UNIFY_LOGS_FORMAT: 'json' })
  expect(run.code).toBe(0)
  expect(run.observed.split('\n').length).toBeGreaterThan(150)
  expect(harm(run)).toEqual([])
})

it('a file of ours that cannot be loaded leaves the program as it is', async () => {
  const run = await node([join(FAULTS, 'requires.cjs'), '3'])
  const seen = Object.values(seenBy(run))
  expect(seen.length).toBeGreaterThan(5)
  expect(seen).toEqual(seen.map(() => ({ code: 7, shown: 1 })))
})

it('where the file that speaks to a person is missing too, it is said all the same, and the lines are native', async () => {
  const dist = mkdtempSync(join(tmpdir(), 'torn-'))
  cpSync(join(ROOT, 'dist'), dist, { recursive: true })
  rmSync(join(dist, 'line.js'))
  const program = "console.log('shown'); console.error('too')"
  const { stdout, stderr, code } = await node(['--require', join(dist, 'register.js'), '--eval', program])
  rmSync(dist, { recursive: true })
  expect([stdout, code]).toEqual(['shown\n', 0])
  const [said, shown] = [true, false].map((ours) =>
    stderr
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('unify-logs: ') === ours),
  )
  expect(shown).toEqual(['too'])
  expect(said?.length).toBeGreaterThan(0)
  for (const line of said ?? [])
    expect(line).toMatch(/^unify-logs: "a wrapper of .* failed: Cannot find module '.*line'"$/)
})
