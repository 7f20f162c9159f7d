import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { soundPlatform } from '../../src/core/hooks/versions'
import { node, REGISTER, ROOT, records, seenBy } from '../support/run'

const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const DEBUG = 'calm,a:*,free*,own,out,young*,fresh'
const dir = mkdtempSync(join(tmpdir(), 'levels-debug-'))
afterAll(() => rmSync(dir, { recursive: true }))

const levels = { 'debug:calm': 'info', 'debug:loud': 'debug', 'debug:a:*': 'off', 'debug:a:b:*': 'trace' }
const config = join(dir, 'levels.json')
writeFileSync(config, JSON.stringify({ optOut: ['debug:out'], levels: { ...levels, 'debug:out': 'off' } }))

it.each(BACK_ENDS.flatMap((hooks) => ['oldest', '3', 'newest'].map((version) => [version, hooks])))(
  'debug %s (%s)',
  async (version, hooks) => {
    const run = await node(
      [
        ...['--require', REGISTER, join(ROOT, 'fixtures/levels/debug.cjs')],
        ...[join(ROOT, 'fixtures/debug', version), DEBUG, JSON.stringify(levels)],
      ],
      { DEBUG, UNIFY_LOGS_CONFIG: config, UNIFY_LOGS_HOOKS: hooks, UNIFY_LOGS_FORMAT: 'json' },
    )
    const seen = seenBy(run)
    const taken = records(run)
      .filter(({ source }) => source === 'debug')
      .map(({ msg }) => msg as string)
    /** The records of a line, `instance.enabled`, `debug.enabled()`, and how often it was formatted. */
    const told = (words: string) => [
      taken.filter((msg) => msg === words).length,
      ...(seen[words] as unknown[]),
    ]
    const all = (phase: string, ...names: string[]) => names.map((name) => told(`${phase} ${name}`))
    const shown = [1, true, true, 1]
    const hidden = [0, false, false, 0]

    expect(all('configured', 'loud', 'a:b:c', 'free')).toEqual([shown, shown, shown])
    expect(all('configured', 'calm', 'a:b', 'mute')).toEqual([hidden, hidden, hidden])

    expect(told('hidden calm')).toEqual(shown)
    expect(all('hidden', 'loud', 'free', 'young')).toEqual([hidden, hidden, hidden])
    // The program's own `enable` waits.
    expect(all('enabled', 'free', 'loud')).toEqual([hidden, hidden])

    const names = ['calm', 'loud', 'mute', 'a:b', 'a:b:c', 'free', 'young', 'fresh']
    for (const name of names) expect(told(`raised ${name}`)).toEqual(shown)
    expect(all('disabled', 'calm', 'fresh')).toEqual([shown, shown])
    expect(all('off', 'calm', 'fresh', 'free')).toEqual([hidden, hidden, hidden])

    const free = ['calm', 'a:b', 'a:b:c', 'free', 'young', 'fresh']
    for (const name of free) expect(told(`released ${name}`)).toEqual(shown)
    // In 2 `enable` adds to what is enabled, and counts for new instances alone.
    const enabled = version === 'oldest'
    for (const name of ['loud', 'mute']) expect(told(`released ${name}`)).toEqual([0, false, enabled, 0])
    expect(told('released free:switched')).toEqual([0, false, true, 0])

    // A log function of the program's own loses no line, and opted out all is as it was.
    const phases = ['configured', 'hidden', 'raised', 'released']
    for (const phase of phases) {
      expect(seen[`${phase} own`]?.[0]).toBe(true)
      expect(told(`${phase} out`)).toEqual([0, true, true, 1])
    }
    expect(seen.sink).toEqual([
      'configured own',
      'hidden own',
      'own young:late',
      'raised own',
      'released own',
    ])
    expect(run.stderr.match(/\w+(?= out\n)/g)).toEqual(phases)
    expect(seen['free is untouched']).toBe(true)
    expect(seen.keys).toEqual([true, false])
    expect(seen.DEBUG).toBe(DEBUG)
  },
)
