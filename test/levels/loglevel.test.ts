import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { soundPlatform } from '../../src/core/hooks/versions'
import { node, REGISTER, ROOT, records } from '../support/run'

const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const METHODS = ['trace', 'debug', 'info', 'warn', 'error']
const dir = mkdtempSync(join(tmpdir(), 'levels-loglevel-'))
afterAll(() => rmSync(dir, { recursive: true }))

const config = join(dir, 'levels.json')
writeFileSync(
  config,
  JSON.stringify({
    optOut: ['loglevel:out'],
    levels: {
      'loglevel:calm': 'error',
      'loglevel:loud': 'trace',
      'loglevel:a*': 'off',
      'loglevel:a.*': 'debug',
      'loglevel:out': 'off',
    },
  }),
)

it.each(BACK_ENDS.flatMap((hooks) => ['oldest', 'newest'].map((version) => [version, hooks])))(
  'loglevel %s (%s)',
  async (version, hooks) => {
    const run = await node(
      [
        '--require',
        REGISTER,
        join(ROOT, 'fixtures/levels/loglevel.cjs'),
        join(ROOT, 'fixtures/loglevel', version),
      ],
      { UNIFY_LOGS_CONFIG: config, UNIFY_LOGS_HOOKS: hooks, UNIFY_LOGS_FORMAT: 'json' },
    )
    const inherits = version === 'newest'
    const seen = Object.fromEntries(
      run.observed
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as [string, unknown]),
    )
    const taken = records({ stdout: run.stdout.replace(/^[^{].*\n/gm, '') })
    /** What a logger printed in a phase, its `getLevel()`, and the first of its methods that is not the no-op. */
    const told = (words: string) => [
      ...taken
        .filter(
          ({ msg, source }) => source === 'loglevel' && msg.replace('Trace: ', '').startsWith(`${words} `),
        )
        .map(({ msg }) => /\w+(?=\n|$)/.exec(msg)?.[0]),
      ...(seen[words] as unknown[]),
    ]
    const at = (level: string) => {
      const from = METHODS.indexOf(level)
      return [...METHODS.slice(from), from, from]
    }
    const off = [5, -1]

    expect(told('configured root')).toEqual(at('warn'))
    expect(told('configured calm')).toEqual(at('error'))
    expect(told('configured loud')).toEqual(at('trace'))
    expect(told('configured a')).toEqual(off)
    expect(told('configured a.b')).toEqual(at('debug'))
    expect(told('configured free')).toEqual(at('warn'))
    expect(told('set calm')).toEqual(at('error'))
    expect(told('set a')).toEqual(off)

    expect(told('hidden root')).toEqual(at('trace'))
    expect(told('hidden calm')).toEqual(at('trace'))
    expect(told('hidden loud')).toEqual(at('warn'))
    expect(told('hidden free')).toEqual(at('error'))
    // The sink of a plugin still gets its lines: the terminal alone hides them.
    expect(told('hidden plugged')).toEqual([3, 3])
    // A child inherits what the program gave the root.
    expect(told('inherited root')).toEqual(at('trace'))
    expect(told('inherited young')).toEqual(at('warn'))
    expect(told('inherited free')).toEqual(at('error'))
    expect(told('inherited loud')).toEqual(at('warn'))

    for (const name of ['root', 'free', 'plugged', 'young'])
      expect(told(`raised ${name}`)).toEqual(at('trace'))
    for (const name of ['free', 'young', 'fresh', 'plugged', 'loud'])
      expect(told(`still raised ${name}`)).toEqual(at('trace'))
    for (const name of ['root', 'free', 'fresh']) expect(told(`off ${name}`)).toEqual(off)

    expect(told('let go root')).toEqual(at('warn'))
    expect(told('let go calm')).toEqual(at('trace'))
    expect(told('let go loud')).toEqual(at('warn'))
    expect(told('let go a')).toEqual(at('error'))
    // What the program set meanwhile, and not what `setLevel(getLevel())` told it.
    expect(told('let go free')).toEqual(at('info'))
    expect(told('let go young')).toEqual(off)
    expect(told('let go fresh')).toEqual(at('warn'))
    expect(told('let go plugged')).toEqual(at('warn'))
    expect(told('rebuilt a.b')).toEqual(at(inherits ? 'info' : 'warn'))
    expect(told('rebuilt a')).toEqual(at('error'))

    const plugged = (phase: string, level: string) =>
      METHODS.slice(METHODS.indexOf(level)).map((method) => `${phase} plugged ${method}`)
    expect(seen.sink).toEqual([
      ...plugged('configured', 'warn'),
      ...plugged('hidden', 'warn'),
      ...plugged('raised', 'trace'),
      ...plugged('still raised', 'trace'),
      ...plugged('let go', 'warn'),
    ])
    expect(seen.stored).toEqual({ 'loglevel:calm': 'TRACE' })

    // Opted out, it is loglevel's.
    expect(seen['configured out']).toEqual([3, 3])
    expect(seen['raised out']).toEqual([3, 3])
    expect(run.stdout + run.stderr).toMatch(/^raised out warn$/m)
    expect(taken.filter(({ msg, source }) => source === 'loglevel' && / out /.test(msg))).toEqual([])
  },
)
