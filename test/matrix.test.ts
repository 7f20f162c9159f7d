import { basename } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { soundPlatform } from '../src/core/hooks/versions'
import { LEVELS, type LevelName } from '../src/core/levels'
import { expectations, type Fixture, fixtures } from './support/fixture'
import { node, ROOT, type Run, records, unified } from './support/run'

const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
/** What a library prints natively stays as it is, whatever becomes of lines that are written raw. */
const OPTED_OUT = [...BACK_ENDS.map((hooks) => [hooks, 'both'] as const), ['middle', 'stderr'] as const]
const CLOCK = ['--require', `${ROOT}/fixtures/clock.cjs`]

describe.concurrent.each(fixtures())('$logger $version as $format', (fixture) => {
  // pino writes from threads: by itself it reorders or loses a line now and then when the machine is busy.
  const threads = fixture.logger === 'pino'
  const retry = threads ? 3 : 0
  const run = threads ? <T>(make: (key: string) => T) => make : once
  const native = run(() => node([...CLOCK, fixture.entry]))
  const taken = run((hooks) => unified(fixture.entry, { UNIFY_LOGS_HOOKS: hooks }, CLOCK))

  it.each(BACK_ENDS)('every native terminal line is exactly one record (%s)', { retry }, async (hooks) => {
    const before = await native('')
    const after = await taken(hooks)

    expect(after.code).toBe(before.code)
    expect(after.observed).toBe(before.observed)
    expect(before.observed).not.toBe('')
    expect(after.stderr).toBe('')
    expect(
      records(after)
        // Node's own words of an old library, its circular imports for instance.
        .filter(({ source, msg }) => source !== 'process' || tokenOf(msg))
        .map(({ msg }) => tokenOf(msg))
        .sort(),
    ).toEqual(nativeTokens(before))
  })

  it.each(BACK_ENDS)(
    'names source, namespace, level and call site of each (%s)',
    { retry },
    async (hooks) => {
      const after = records(await taken(hooks))
      const printed = nativeTokens(await native(''))
      const expected = expectations(fixture.logger, fixture.program).filter(({ token }) =>
        printed.includes(token),
      )
      expect(expected.length).toBeGreaterThan(10)
      expect(printed).toEqual(expected.map(({ token }) => token).sort())

      for (const { token, line, level, namespace, fn, source, prefixed } of expected) {
        const record = after.find(({ msg }) => msg.includes(token))
        const { pid, hostname, time } = record
        expect(record, token).toMatchObject({
          source,
          level: LEVELS[level as LevelName] ?? Number(level),
          module: namespace ?? 'APP',
        })
        const site = new RegExp(`${moduleOf(fixture)}:${escaped(fn)}:${line}$`)
        if (fn === '-') expect(record.trace, token).toBeUndefined()
        else expect(record.trace, token).toMatch(site)
        expect(record.namespace, token).toBe(namespace)
        expect([typeof pid, typeof hostname, typeof time], token).toEqual(['number', 'string', 'number'])
        if (!prefixed) expect(record.msg, token).toMatch(new RegExp(`^${token}`))
        expect(record.msg, token).toBe(stripVTControlCharacters(record.msg))
      }
    },
  )

  it.each(OPTED_OUT)(
    'opted out it is byte-identical to native (%s, stdio %s)',
    { retry },
    async (hooks, stdio) => {
      const before = await native('')
      // What the program prints by console and Node by itself is not the library's.
      const optOut = `${fixture.logger},console,process`
      const env = { UNIFY_LOGS_HOOKS: hooks, UNIFY_LOGS_STDIO: stdio, UNIFY_LOGS_OPT_OUT: optOut }
      const after = await unified(fixture.entry, env, CLOCK)
      expect(normal(after)).toEqual(normal(before))
    },
  )
})

/** Makes each thing once: the runs of a fixture are looked at in several tests. */
function once<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>()
  return (key) => {
    const thing = made.get(key) ?? make(key)
    made.set(key, thing)
    return thing
  }
}

/** The tokens that reached the terminal. A message of several lines names its token in each. */
function nativeTokens({ stdout, stderr }: Run): string[] {
  const lines = stripVTControlCharacters(`${stdout}\n${stderr}`).split('\n')
  return [...new Set(lines.flatMap((line) => tokenOf(line) ?? []))].sort()
}

function tokenOf(text: string): string | undefined {
  return /\bT\d+/.exec(text)?.[0]
}

function moduleOf({ program }: Fixture): string {
  return basename(program, '.cjs')
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

/** What differs between any two runs of one program: process id, durations, the stack's own paths stay. */
function normal({ stdout, stderr, observed, code, signal }: Run): Run {
  const same = (text: string): string =>
    text.replace(/\(node:\d+\)/g, '(node:PID)').replace(/\b\d+(\.\d+)?ms\b/g, 'Nms')
  return { stdout: same(stdout), stderr: same(stderr), observed, code, signal }
}
