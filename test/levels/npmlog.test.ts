import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { soundPlatform } from '../../src/core/hooks/versions'
import { node, REGISTER, ROOT, records, seenBy } from '../support/run'

const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const VERSIONS = ['oldest', '5', '6', 'newest']
const LEVELS = ['silly', 'verbose', 'detail', 'info', 'warn', 'error']
const dir = mkdtempSync(join(tmpdir(), 'levels-npmlog-'))
afterAll(() => rmSync(dir, { recursive: true }))

const config = join(dir, 'levels.json')
const levels = {
  ...{ 'npmlog:calm': 'error', 'npmlog:quiet': 'off', 'npmlog:loud': 'trace' },
  ...{ 'npmlog:a.*': 'warn', 'npmlog:a.b.*': 'debug', 'npmlog:out': 'off' },
}
writeFileSync(config, JSON.stringify({ optOut: ['npmlog:out'], levels }))

it.each(BACK_ENDS.flatMap((hooks) => VERSIONS.map((version) => [version, hooks])))(
  'npmlog %s (%s)',
  async (version, hooks) => {
    const run = await node(
      [
        ...['--require', REGISTER, join(ROOT, 'fixtures/levels/npmlog.cjs')],
        join(ROOT, 'fixtures/npmlog', version),
      ],
      { UNIFY_LOGS_CONFIG: config, UNIFY_LOGS_HOOKS: hooks, UNIFY_LOGS_FORMAT: 'json' },
    )
    const seen = seenBy(run)
    const taken = records(run)
      .filter(({ source }) => source === 'npmlog')
      .map(({ msg }) => msg as string)
    /** The levels that were printed, the program's own, and whether anything was written. */
    const told = (words: string) => [
      ...taken.filter((msg) => msg.startsWith(`${words} `)).map((msg) => msg.split(' ').at(-1)),
      ...(seen[words] as unknown[]),
    ]
    const from = (level: string) => LEVELS.slice(LEVELS.indexOf(level))

    expect(told('configured calm')).toEqual(['error', 'info', true])
    expect(told('configured quiet')).toEqual(['info', false])
    expect(told('configured loud')).toEqual([...LEVELS, 'info', true])
    expect(told('configured a.b')).toEqual([...from('warn'), 'info', true])
    expect(told('configured a.b.c')).toEqual([...from('verbose'), 'info', true])
    expect(told('configured free')).toEqual([...from('info'), 'info', true])

    expect(told('changed calm')).toEqual([...from('verbose'), 'warn', true])
    for (const name of ['quiet', 'loud'])
      expect(told(`changed ${name}`)).toEqual([...from('warn'), 'warn', true])
    expect(told('changed free')).toEqual(['error', 'warn', true])
    for (const name of ['calm', 'free'])
      expect(told(`released ${name}`)).toEqual([...from('warn'), 'warn', true])

    // What is not the terminal loses no line, nor do listeners; opted out all is as it was.
    expect(String(seen.sink).match(/\w+(?=\n)/g)).toEqual(from('warn'))
    expect(seen.events).toBe(15 * LEVELS.length)
    expect(run.stderr.match(/\w+ out \w+$/gm)).toEqual([
      ...from('info').map((level) => `configured out ${level}`),
      ...from('warn').map((level) => `changed out ${level}`),
    ])
  },
)
