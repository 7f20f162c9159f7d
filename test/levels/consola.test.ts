import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { soundPlatform } from '../../src/core/hooks/versions'
import { node, REGISTER, ROOT, records } from '../support/run'

const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const VERSIONS = ['oldest', '2', '3.0', 'newest']
const IS_TWO = new Set(['oldest', '2'])
const ALL = ['trace', 'debug', 'info', 'warn', 'error']
const dir = mkdtempSync(join(tmpdir(), 'levels-consola-'))
afterAll(() => rmSync(dir, { recursive: true }))

const config = join(dir, 'levels.json')
writeFileSync(
  config,
  JSON.stringify({
    optOut: ['consola:out'],
    levels: {
      'consola:calm': 'error',
      'consola:loud': 'trace',
      'consola:db*': 'debug',
      'consola:db:sql': 'error',
      'consola:db:SQL': 'error',
      'consola:out': 'error',
    },
  }),
)

it.each(
  VERSIONS.flatMap((version) =>
    BACK_ENDS.flatMap((hooks) =>
      // Of 2 only the instance that the package exports is known when it is older than us.
      (IS_TWO.has(version) ? ['before'] : ['before', 'after']).map((loaded) => [version, hooks, loaded]),
    ),
  ),
)('consola %s (%s, loaded %s its instances)', async (version, hooks, loaded) => {
  const args = [join(ROOT, 'fixtures/levels/consola.cjs'), join(ROOT, 'fixtures/consola', version)]
  const run = await node(loaded === 'before' ? ['--require', REGISTER, ...args] : [...args, REGISTER], {
    UNIFY_LOGS_CONFIG: config,
    UNIFY_LOGS_HOOKS: hooks,
    UNIFY_LOGS_FORMAT: 'json',
  })
  const written: [string, unknown][] = run.observed
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
  const seen = Object.fromEntries(written)
  const lines = records({ stdout: (run.stdout.match(/^\{.*$/gm) ?? []).join('\n') })
  /** The levels that an instance printed, its own level, and how many lines it did not even make. */
  const told = (words: string) => {
    const printed = lines.filter(({ msg }) => msg.startsWith(`${words} `))
    return [printed.map(({ msg }) => msg.split(' ').at(-1)), ...(seen[words] as unknown[])]
  }
  const from = (level: string) => ALL.slice(ALL.indexOf(level))
  const at = (levels: readonly string[], own: number) => [levels, String(own), 5 - levels.length]

  expect(told('configured root')).toEqual(at(from('info'), 3))
  expect(told('configured calm')).toEqual(at(['error'], 0))
  expect(told('configured loud').slice(0, 1)).toEqual([ALL])
  expect(told('configured db')).toEqual(at(from('debug'), 4))
  expect(told('configured sql')).toEqual(at(['error'], 0))
  expect(told('configured quiet')).toEqual(at(from('warn'), 1))
  expect(told('configured mixed')).toEqual(at(from('info'), 3))

  for (const name of ['root', 'calm', 'loud', 'db', 'sql', 'free', 'quiet']) {
    expect(told(`hidden ${name}`)).toEqual(at(['error'], 0))
    expect(told(`raised ${name}`)).toEqual(at(from('debug'), 4))
  }
  // What the program sets is remembered, not effective, and goes to its children.
  expect(told('set free')).toEqual(at(from('debug'), 4))
  expect(told('set child')).toEqual(at(from('debug'), 4))
  expect(lines.filter(({ msg }) => msg.startsWith('paused')).map(({ msg }) => msg)).toEqual([
    'paused free debug',
  ])
  expect(told('off root')).toEqual([[], '-Infinity', 5])
  expect(told('off free')).toEqual([[], '-Infinity', 5])
  for (const name of ['root', 'calm', 'loud', 'db', 'sql'])
    expect(told(`let go ${name}`)).toEqual(at(from('info'), 3))
  for (const name of ['quiet', 'free', 'child']) expect(told(`let go ${name}`)).toEqual(at(from('warn'), 1))

  // A reporter of the program's own gets what it always got, and the terminal what `levels` says.
  expect(told('hidden mixed')).toEqual([['error'], '3', 2])
  expect(told('raised mixed')).toEqual(at(from('debug'), 4))
  expect(told('set mixed')).toEqual(at(from('debug'), 4))
  expect(told('off mixed')).toEqual([[], '2', 3])
  for (const phase of ['configured', 'hidden', 'raised', 'let go'])
    expect(told(`${phase} elsewhere`)).toEqual([[], '3', 2])
  const got = (phase: string, name: string, level = 'info') =>
    from(level).map((each) => `${phase} ${name} ${each}`)
  expect(seen.written).toEqual([
    ...['configured', 'hidden', 'raised'].flatMap((phase) => [
      ...got(phase, 'mixed'),
      ...got(phase, 'elsewhere'),
    ]),
    ...got('set', 'mixed', 'warn'),
    ...got('off', 'mixed', 'warn'),
    ...got('let go', 'mixed', 'warn'),
    ...got('let go', 'elsewhere'),
  ])

  // Opted out.
  for (const phase of ['configured', 'hidden', 'raised']) expect(told(`${phase} out`)).toEqual([[], '3', 2])
  expect(`${run.stdout}${run.stderr}`.match(/^(?!\{).*raised out \w+/gm)).toHaveLength(3)
})
