import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { soundPlatform } from '../../src/core/hooks/versions'
import { node, REGISTER, ROOT, records, seenBy } from '../support/run'

const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const VERSIONS = ['oldest', '1', '2.0', '2', 'newest']
const dir = mkdtempSync(join(tmpdir(), 'levels-obug-'))
afterAll(() => rmSync(dir, { recursive: true }))

const config = join(dir, 'levels.json')
const levels = { 'obug:calm*': 'info', 'obug:a:*': 'off', 'obug:a:b:*': 'debug', 'obug:out': 'off' }
writeFileSync(config, JSON.stringify({ optOut: ['obug:out'], levels }))

it.each(BACK_ENDS.flatMap((hooks) => VERSIONS.map((version) => [version, hooks])))(
  'obug %s (%s)',
  async (version, hooks) => {
    const run = await node(
      [
        ...['--import', REGISTER, join(ROOT, 'fixtures/levels/obug.mjs')],
        join(ROOT, 'fixtures/obug', version),
      ],
      {
        DEBUG: 'calm*,a:*,free,own,out',
        UNIFY_LOGS_CONFIG: config,
        UNIFY_LOGS_HOOKS: hooks,
        UNIFY_LOGS_FORMAT: 'json',
      },
    )
    const seen = seenBy(run)
    const taken = records(run)
      .filter(({ source }) => source === 'obug')
      .map(({ msg }) => msg as string)
    /** The records of a line, `enabled` of its instance behind it, and whether it was formatted. */
    const told = (words: string) => [
      taken.filter((msg) => msg === `${words} once`).length,
      ...(seen[words] as unknown[]),
    ]
    const all = (phase: string, ...names: string[]) => names.map((name) => told(`${phase} ${name}`))
    const shown = [1, true, true]
    const hidden = [0, false, false]
    const found = [0, false, true]

    // The first line tells of the instance.
    expect(all('first', 'calm', 'a:b', 'child')).toEqual([found, found, found])
    expect(all('second', 'calm', 'a:b', 'child', 'mute')).toEqual([hidden, hidden, hidden, hidden])
    for (const name of ['a:b:c', 'free', 'forced']) expect(all('second', name)).toEqual([shown])

    expect(all('changed', 'free', 'forced')).toEqual([found, found])
    expect(all('hidden', 'free', 'forced')).toEqual([hidden, hidden])
    expect(all('hidden', 'calm', 'a:b')).toEqual([shown, shown])
    expect(told('made late')).toEqual(found)

    // What the program wanted before and meanwhile.
    expect(all('disabled', 'free', 'forced')).toEqual([hidden, shown])
    expect(told('released mute')).toEqual(hidden)
    for (const name of ['calm', 'a:b', 'a:b:c', 'free', 'forced', 'child', 'late'])
      expect(told(`released ${name}`)).toEqual(shown)

    const phases = ['first', 'second', 'hidden', 'released']
    for (const phase of phases) {
      expect(told(`${phase} out`)).toEqual([0, true, true])
      expect(told(`${phase} own`)).toEqual([0, true, true])
    }
    expect(run.stderr.match(/\w+(?= out once)/g)).toEqual(phases)
  },
)
