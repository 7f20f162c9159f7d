import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { soundPlatform } from '../../src/core/hooks/versions'
import { node, REGISTER, ROOT, type Run, records } from '../support/run'

const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const dir = mkdtempSync(join(tmpdir(), 'levels-winston-'))
afterAll(() => rmSync(dir, { recursive: true }))

const config = join(dir, 'levels.json')
writeFileSync(
  config,
  JSON.stringify({
    optOut: ['winston:out'],
    levels: {
      'winston:calm': 'error',
      'winston:loud': 'trace',
      'winston:db': 'debug',
      'winston:billing': 'debug',
      'winston:out': 'error',
    },
  }),
)
const all = (versions: readonly string[]) =>
  versions.flatMap((version) =>
    BACK_ENDS.flatMap((hooks) => ['before', 'after'].map((loaded) => [version, hooks, loaded] as const)),
  )

describe.each(all(['3.0', 'newest']))('winston %s (%s, loaded %s its loggers)', (version, hooks, loaded) => {
  it('levels governs what its transports print on the terminal, and nothing else', async () => {
    const run = await program('winston.cjs', version, hooks, loaded)
    const seen = observed(run)
    const lines = recordsOf(run)
    const isOld = version === '3.0'
    const ALL = ['silly', 'debug', 'info', 'warn', 'error']
    const from = (level: string) => ALL.slice(ALL.indexOf(level))
    /** The levels that a logger printed, how many lines its terminal formatted, and its own answers. */
    const told = (words: string) => {
      const printed = lines.filter(({ msg }) => msg.startsWith(`${words} `)).map(lastWord)
      return [printed, ...(seen[words] as unknown[])]
    }
    /** Of a logger that has no transport but one on the terminal. */
    const at = (levels: readonly string[], own: string, highest: number) => [
      levels,
      own,
      levels.length,
      ...(isOld ? [null, null] : [levels, highest]),
    ]

    expect(told('configured calm')).toEqual(at(['error'], 'info', 2))
    expect(told('configured loud')).toEqual(at(ALL, 'info', 6))
    expect(told('configured web')).toEqual(at(from('info'), 'info', 2))
    expect(told('configured db')).toEqual(at(from('debug'), 'info', 5))
    expect(told('configured default').slice(0, 3)).toEqual([from('warn'), 'info', 2])
    expect(told('configured loose')).toEqual(at(from('info'), 'info', 2))
    expect(told('configured label')).toEqual(at(from('debug'), 'info', 5))
    expect(told('configured custom')).toEqual(at(['mid', 'loud'], 'mid', 1))
    expect(told('configured syslog')).toEqual(at(['notice', 'error'], 'info', 6))

    for (const name of ['calm', 'loud', 'web', 'loose', 'child', 'label']) {
      expect(told(`hidden ${name}`)).toEqual(at(['error'], 'info', 2))
      const raised = name === 'web' ? at(from('info'), 'info', 3) : at(from('debug'), 'info', 5)
      expect(told(`raised ${name}`)).toEqual(raised)
    }
    expect(told('hidden db')).toEqual(at(from('debug'), 'info', 5))
    expect(told('hidden default').slice(0, 3)).toEqual([['error'], 'info', 1])
    expect(told('hidden custom')).toEqual(at(['loud'], 'mid', 1))
    expect(told('hidden syslog')).toEqual(at(['error'], 'info', 6))
    expect(told('raised default').slice(0, 3)).toEqual([from('debug'), 'info', 4])
    expect(told('raised syslog')).toEqual(at(['debug', 'notice', 'error'], 'info', 7))

    // What the program sets or adds is remembered, and not effective.
    expect(told('set loose')).toEqual(at(from('debug'), 'error', 5))
    expect(told('set calm')).toEqual(at(from('debug'), 'silly', 6))
    expect(told('set custom')).toEqual(at(['mid', 'loud'], 'loud', 1))
    expect(told('off loose').slice(0, 4)).toEqual([[], 'error', 0, isOld ? null : []])
    expect(told('let go loose')).toEqual(at(['error'], 'error', 0))
    expect(told('let go calm')).toEqual(at(ALL, 'silly', 6))
    expect(told('let go loud')).toEqual(at(from('info'), 'info', 2))
    expect(told('let go db')).toEqual(at(from('info'), 'info', 2))
    expect(seen.levels).toEqual([null, 'info', 'info'])

    // A transport in two loggers: each line by its own logger, also where several come at once.
    expect(lines.filter(({ msg }) => msg.startsWith('piled')).map(lastWord)).toEqual(['debug'])
    expect(lines.find(({ msg }) => msg === 'piled db debug')).toMatchObject({ namespace: 'db' })
    expect(lines.find(({ msg }) => msg === 'raised loose debug').trace).toMatch(/:say:\d+$/)

    // Beside the terminal there are other transports, which get what they always got.
    expect(told('configured mixed').slice(0, 3)).toEqual([from('info'), 'info', 3])
    expect(told('hidden mixed').slice(0, 3)).toEqual([['error'], 'info', 1])
    expect(told('raised mixed').slice(0, 3)).toEqual([from('debug'), 'info', 4])
    expect(new Set(told('set mixed')[0])).toEqual(new Set(from('debug')))
    expect(told('off mixed').slice(0, 4)).toEqual([[], 'info', 0, isOld ? null : from('info')])
    const phases = ['configured', 'hidden', 'raised', 'set', 'off', 'let go']
    expect(seen.written).toEqual(
      phases.flatMap((phase) =>
        from('info').flatMap((level) =>
          ['undefined', 'verbose'].map((own) => `${own} ${phase} mixed ${level}`),
        ),
      ),
    )

    // Opted out.
    for (const phase of ['configured', 'hidden', 'raised']) {
      expect(told(`${phase} out`)).toEqual([[], ...at(from('info'), 'info', 2).slice(1)])
      const native = run.stdout.match(new RegExp(`^${phase} out \\w+$`, 'gm'))
      expect(native).toEqual(from('info').map((level) => `${phase} out ${level}`))
    }
  })
})

describe.each(all(['oldest', '2']))('winston %s (%s, loaded %s its loggers)', (version, hooks, loaded) => {
  it('levels governs what its transports print on the terminal, and nothing else', async () => {
    const run = await program('winston-2.cjs', version, hooks, loaded)
    const seen = observed(run)
    const lines = recordsOf(run)
    const ALL = ['silly', 'debug', 'info', 'warn', 'error']
    const from = (level: string) => ALL.slice(ALL.indexOf(level))
    /** The levels that a logger printed, its own answer, and how many lines it prepared. */
    const told = (words: string) => {
      const printed = lines.filter(({ msg }) => msg.startsWith(`${words} `)).map(lastWord)
      return [printed, ...(seen[words] as unknown[])]
    }
    const at = (levels: readonly string[], own = 'info') => [levels, own, levels.length]

    expect(told('configured calm')).toEqual(at(['error']))
    expect(told('configured loud')).toEqual(at(ALL))
    expect(told('configured web')).toEqual(at(from('info')))
    expect(told('configured db')).toEqual(at(from('debug')))
    expect(told('configured default').slice(0, 2)).toEqual([from('info'), 'info'])
    expect(told('configured label')).toEqual(at(from('debug')))
    expect(told('configured custom')).toEqual(at(['mid', 'loud'], 'mid'))
    for (const name of ['calm', 'loud', 'web', 'loose', 'label']) {
      expect(told(`hidden ${name}`)).toEqual(at(['error']))
      expect(told(`raised ${name}`)).toEqual(at(from(name === 'web' ? 'info' : 'debug')))
    }
    expect(told('hidden db')).toEqual(at(from('debug')))
    expect(told('hidden default').slice(0, 1)).toEqual([['error']])
    expect(told('hidden custom')).toEqual(at(['loud'], 'mid'))
    expect(told('raised default').slice(0, 1)).toEqual([from('debug')])

    expect(told('set loose')).toEqual(at(from('debug'), 'error'))
    expect(told('set custom')).toEqual(at(['mid', 'loud'], 'loud'))
    expect(told('set default').slice(0, 2)).toEqual([from('debug'), 'warn'])
    expect(told('set db')).toEqual(at(from('debug')))
    expect(told('off loose')).toEqual(at([], 'error'))
    expect(told('off default').slice(0, 1)).toEqual([[]])
    expect(told('let go loose')).toEqual(at(['error'], 'error'))
    expect(told('let go custom')).toEqual(at(['loud'], 'loud'))
    expect(told('let go default').slice(0, 2)).toEqual([from('warn'), 'warn'])
    expect(told('let go calm')).toEqual(at(from('info')))
    // Set in the middle of a line that another level governed.
    expect(told('let go db')).toEqual(at(ALL))

    // Beside the terminal there is another transport, which gets what it always got.
    expect(told('configured mixed')).toEqual([from('warn'), 'info', 3])
    expect(told('hidden mixed')).toEqual([['error'], 'info', 3])
    expect(told('raised mixed')).toEqual([from('debug'), 'info', 4])
    expect(told('off mixed')).toEqual([[], 'info', 3])
    expect(told('let go mixed')).toEqual([from('warn'), 'info', 3])
    expect(seen.written).toEqual(
      ['configured', 'hidden', 'raised', 'off', 'let go'].flatMap((phase) =>
        from('info').map((level) => `${phase} mixed ${level}`),
      ),
    )

    // Opted out.
    for (const phase of ['configured', 'hidden', 'raised']) {
      expect(told(`${phase} out`)).toEqual([[], 'info', 3])
      const native = `${run.stdout}${run.stderr}`.match(new RegExp(`^\\w+: ${phase} out \\w+$`, 'gm'))
      expect(native?.map((line) => line.split(' ').at(-1)).sort()).toEqual(from('info').toSorted())
    }
  })
})

function program(name: string, version: string, hooks: string, loaded: string): Promise<Run> {
  const args = [join(ROOT, 'fixtures/levels', name), join(ROOT, 'fixtures/winston', version)]
  const env = { UNIFY_LOGS_CONFIG: config, UNIFY_LOGS_HOOKS: hooks, UNIFY_LOGS_FORMAT: 'json' }
  return node(loaded === 'before' ? ['--require', REGISTER, ...args] : [...args, REGISTER], env)
}

function observed(run: Run): Record<string, unknown> {
  const lines = run.observed.split('\n').filter(Boolean)
  return Object.fromEntries(lines.map((line) => JSON.parse(line)))
}

// biome-ignore lint/suspicious/noExplicitAny: records are checked by the tests
function recordsOf(run: Run): any[] {
  return records({ stdout: (run.stdout.match(/^\{.*$/gm) ?? []).join('\n') })
}

function lastWord({ msg }: { readonly msg: string }): string | undefined {
  return msg.split(' ').at(-1)
}
