import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { soundPlatform } from '../../src/core/hooks/versions'
import { node, REGISTER, ROOT, records, seenBy } from '../support/run'

const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const FROM = ['trace', 'debug', 'info', 'warn', 'error']
const LEVEL = { trace: 10, debug: 20, info: 30, warn: 40, error: 50 }
/** `Infinity`, as JSON has it. */
const OFF = null
const dir = mkdtempSync(join(tmpdir(), 'levels-bunyan-'))
afterAll(() => rmSync(dir, { recursive: true }))

const config = join(dir, 'levels.json')
writeFileSync(
  config,
  JSON.stringify({
    optOut: ['bunyan:out'],
    levels: {
      'bunyan:calm': 'error',
      'bunyan:constructed': 'error',
      'bunyan:loud': 'trace',
      'bunyan:parent*': 'error',
      'bunyan:parent:db': 'debug',
      'bunyan:out': 'error',
    },
  }),
)

it.each(BACK_ENDS.flatMap((hooks) => ['oldest', '1', 'newest'].map((version) => [version, hooks])))(
  'bunyan %s (%s)',
  async (version, hooks) => {
    const program = join(ROOT, 'fixtures/levels/bunyan.cjs')
    const folder = join(ROOT, 'fixtures/bunyan', version)
    const run = await node(['--require', REGISTER, program, folder, join(dir, `${version}-${hooks}.log`)], {
      UNIFY_LOGS_CONFIG: config,
      UNIFY_LOGS_HOOKS: hooks,
      UNIFY_LOGS_FORMAT: 'json',
    })
    expect([run.stderr, run.code]).toEqual(['', 0])
    const seen = seenBy(run)
    const lines = records(run)
    /** What a logger printed in a phase, and what bunyan says of its level. */
    const told = (words: string) => {
      const printed = lines
        .filter(({ msg, source }) => source === 'bunyan' && msg.startsWith(`${words} `))
        .map(({ msg }) => msg.split(' ').at(-1))
      return [printed, seen[words]]
    }
    const from = (level: string) => FROM.slice(FROM.indexOf(level))
    const at = (level: keyof typeof LEVEL) => {
      const lines = from(level)
      const value = LEVEL[level]
      return [lines, [value, [value], value, lines.includes('debug'), lines.includes('warn'), lines.length]]
    }

    expect(told('configured calm')).toEqual(at('error'))
    expect(told('configured constructed')).toEqual(at('error'))
    expect(told('configured loud')).toEqual(at('trace'))
    expect(told('configured parent')).toEqual(at('error'))
    expect(told('configured parent:db')).toEqual(at('debug'))
    expect(told('configured parent:db:simple')).toEqual(at('debug'))
    expect(told('configured parent:own')).toEqual(at('error'))
    expect(told('configured parent:cache')).toEqual(at('error'))
    expect(told('configured free')).toEqual(at('info'))
    expect(told('configured mixed')).toEqual([
      ['info', 'warn', 'error', 'error'],
      [30, [30, 30, 50], 30, false, true, 3],
    ])

    expect(told('hidden calm')).toEqual(at('info'))
    expect(told('hidden constructed')).toEqual(at('info'))
    expect(told('hidden free')).toEqual(at('error'))
    expect(told('hidden mixed')).toEqual([
      ['error', 'error'],
      [30, [50, 30, 50], 50, false, true, 3],
    ])
    expect(told('hidden elsewhere')).toEqual([[], [30, [30], 30, false, true, 3]])
    expect(told('hidden parent:db:simple')).toEqual(at('info'))

    for (const name of ['calm', 'free', 'constructed', 'parent:db', 'parent:db:simple', 'parent:own'])
      expect(told(`raised ${name}`), name).toEqual(at('debug'))
    expect(told('raised mixed')).toEqual([
      from('debug').flatMap((level) => [level, level]),
      [20, [20, 30, 20], 20, true, true, 4],
    ])
    expect(told('raised elsewhere')).toEqual([[], [30, [30], 30, false, true, 3]])

    expect(told('set free')).toEqual(at('debug'))
    expect(told('set young')).toEqual(at('debug'))
    expect(told('off calm')).toEqual([[], [OFF, [OFF], OFF, false, false, 0]])
    expect(told('off parent:own')).toEqual([[], [OFF, [OFF], OFF, false, false, 0]])
    expect(told('off mixed')).toEqual([[], [30, [OFF, 30, OFF, OFF], OFF, false, true, 3]])

    expect(told('let go calm')).toEqual(at('info'))
    expect(told('let go constructed')).toEqual(at('info'))
    // What the program set meanwhile.
    expect(told('let go free')).toEqual(at('error'))
    expect(told('let go young')).toEqual(at('error'))
    expect(told('let go mixed')).toEqual([
      ['warn', 'error', 'error'],
      [30, [40, 30, 50, 60], 40, false, true, 3],
    ])
    expect(told('let go parent:own')).toEqual(at('warn'))
    expect(told('let go parent:db:simple')).toEqual(at('info'))

    // Opted out it prints by itself what it always did.
    for (const phase of ['configured', 'hidden', 'raised', 'let go']) {
      expect(seen[`${phase} out`]).toEqual(at('info')[1])
      expect(lines.filter(({ msg }) => msg.startsWith(`${phase} out `))).toMatchObject(
        from('info').map((level) => ({ name: 'out', msg: `${phase} out ${level}` })),
      )
    }

    const plain = { configurable: true, enumerable: true, writable: true }
    expect(seen['own properties']).toEqual([
      { ...plain, value: 50 },
      { ...plain, value: 20 },
    ])

    expect(seen.file).toEqual([
      ...['configured', 'hidden', 'raised'].flatMap((phase) => both(phase, 'mixed', 'elsewhere')),
      ...both('set', 'mixed'),
      ...both('off', 'mixed'),
      ...both('let go', 'mixed', 'elsewhere'),
    ])
    function both(phase: string, ...names: string[]): string[] {
      return names.flatMap((name) => from('info').map((level) => `${phase} ${name} ${level}`))
    }
  },
)
