import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { soundPlatform } from '../../src/core/hooks/versions'
import { node, REGISTER, ROOT, records } from '../support/run'

const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const VERSIONS = ['oldest', '3', '4', '5', 'newest']
const FROM = ['trace', 'debug', 'info', 'warn', 'error']
const dir = mkdtempSync(join(tmpdir(), 'levels-log4js-'))
afterAll(() => rmSync(dir, { recursive: true }))

const config = join(dir, 'levels.json')
writeFileSync(
  config,
  JSON.stringify({
    optOut: ['log4js:out'],
    levels: {
      'log4js:calm': 'error',
      'log4js:loud': 'trace',
      'log4js:a.*': 'error',
      'log4js:a.b.*': 'debug',
      'log4js:out': 'error',
    },
  }),
)

it.each(BACK_ENDS.flatMap((hooks) => VERSIONS.map((version) => [version, hooks])))(
  'log4js %s (%s)',
  async (version, hooks) => {
    const file = join(dir, `${version}-${hooks}.log`)
    const run = await node(
      [
        '--require',
        REGISTER,
        join(ROOT, 'fixtures/levels/log4js.cjs'),
        join(ROOT, 'fixtures/log4js', version),
        file,
      ],
      { UNIFY_LOGS_CONFIG: config, UNIFY_LOGS_HOOKS: hooks, UNIFY_LOGS_FORMAT: 'json' },
    )
    const written: [string, unknown][] = run.observed
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
    const seen = Object.fromEntries(written)
    const taken = records({ stdout: linesOf(run.stdout, '{') })
    /** What a category printed in a phase, and what log4js says of its level. */
    const told = (words: string) => {
      const printed = taken
        .filter(({ msg }) => msg.startsWith(`${words} `))
        .map(({ msg }) => msg.split(' ').at(-1))
      return [...new Set(printed), ...(seen[words] as unknown[])]
    }
    const from = (level: string) => FROM.slice(FROM.indexOf(level))
    const at = (level: string) => [
      ...from(level),
      level.toUpperCase(),
      from(level).includes('debug'),
      from(level).includes('warn'),
      from(level).length,
    ]

    expect(told('configured calm')).toEqual(at('error'))
    expect(told('configured loud')).toEqual([...FROM, 'ALL', true, true, 5])
    expect(told('configured a')).toEqual(at('info'))
    expect(told('configured a.b')).toEqual(at('error'))
    expect(told('configured a.b.c')).toEqual(at('debug'))
    expect(told('configured free')).toEqual(at('info'))
    expect(told('configured mixed')).toEqual(at('info'))

    expect(told('hidden calm')).toEqual(at('info'))
    expect(told('hidden free')).toEqual(at('error'))
    // The file still gets its lines: the terminal alone hides them.
    expect(told('hidden mixed')).toEqual(['error', 'INFO', false, true, 3])
    expect(told('hidden elsewhere')).toEqual(['INFO', false, true, 3])

    expect(told('raised calm')).toEqual(at('debug'))
    expect(told('raised free')).toEqual(at('debug'))
    expect(told('raised mixed')).toEqual(at('debug'))
    expect(told('raised elsewhere')).toEqual(['INFO', false, true, 3])
    expect(told('set free')).toEqual(at('debug'))
    expect(told('again calm')).toEqual(at('debug'))
    expect(told('again mixed')).toEqual(at('debug'))
    expect(told('off calm')).toEqual(['OFF', false, false, 0])
    expect(told('off free')).toEqual(['OFF', false, false, 0])
    expect(told('off mixed')).toEqual(['INFO', false, true, 3])
    expect(told('let go calm')).toEqual(at('info'))
    expect(told('let go loud')).toEqual(at('info'))
    // What the program set meanwhile.
    expect(told('let go free')).toEqual(at('warn'))
    expect(told('let go mixed')).toEqual(at('info'))

    // Each line is printed by each of the three appenders, and opted out it is the library's.
    expect(taken.filter(({ msg }) => msg === 'raised calm debug')).toHaveLength(3)
    expect(seen['configured out']).toEqual(['INFO', false, true, 3])
    expect(seen['raised out']).toEqual(['INFO', false, true, 3])
    expect(taken.filter(({ msg, source }) => source === 'log4js' && / out /.test(msg))).toEqual([])
    expect(run.stdout.match(/^[^{].*raised out \w+/gm)).toHaveLength(3)

    const phases = ['configured', 'hidden', 'raised']
    const both = phases.flatMap((phase) =>
      ['mixed', 'elsewhere'].flatMap((name) => from('info').map((level) => `${phase} ${name} ${level}`)),
    )
    const mixed = ['again', 'off', 'let go'].flatMap((phase) =>
      from('info').map((level) => `${phase} mixed ${level}`),
    )
    expect(seen.file).toEqual([...both, ...mixed, ''])
  },
)

function linesOf(text: string, start: string): string {
  return text
    .split('\n')
    .filter((line) => line.startsWith(start))
    .join('\n')
}
