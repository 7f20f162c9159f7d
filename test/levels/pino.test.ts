import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { soundPlatform } from '../../src/core/hooks/versions'
import { node, REGISTER, ROOT, records, seenBy } from '../support/run'

const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const FROM = ['trace', 'debug', 'info', 'warn', 'error']
const LEVEL = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 }
const SILENT = [[], ['silent', null, false, false, false, 0]]
const dir = mkdtempSync(join(tmpdir(), 'levels-pino-'))
afterAll(() => rmSync(dir, { recursive: true }))

const config = join(dir, 'levels.json')
writeFileSync(
  config,
  JSON.stringify({
    optOut: ['pino:out'],
    levels: {
      'pino:calm': 'error',
      'pino:loud': 'trace',
      'pino:parent': 'error',
      'pino:db': 'debug',
      'pino:d*': 'warn',
      'pino:own': 'info',
      'pino:out': 'error',
      'pino:custom': 'trace',
    },
  }),
)

it.each(BACK_ENDS.flatMap((hooks) => ['oldest', '7', '8', '9', 'newest'].map((version) => [version, hooks])))(
  'pino %s (%s)',
  async (version, hooks) => {
    const program = join(ROOT, 'fixtures/levels/pino.cjs')
    const folder = join(ROOT, 'fixtures/pino', version)
    const file = join(dir, `${version}-${hooks}.log`)
    const env = { UNIFY_LOGS_CONFIG: config, UNIFY_LOGS_HOOKS: hooks, UNIFY_LOGS_FORMAT: 'json' }
    const run = await node(['--require', REGISTER, program, folder, file], env)
    expect([run.stderr, run.code]).toEqual(['', 0])
    const seen = seenBy(run)
    const lines = records(run)
    /** What a logger printed in a phase, and what pino says of its level. */
    const told = (words: string) => {
      const printed = lines
        .filter(({ msg, source }) => source === 'pino' && msg.startsWith(`${words} `))
        .map(({ msg }) => msg.split(' ').at(-1))
      return [printed, seen[words]]
    }
    const from = (level: string) => FROM.filter((_, i) => i >= FROM.indexOf(level) && level !== 'fatal')
    const asked = (level: keyof typeof LEVEL) => {
      const lines = from(level)
      const debug = lines.includes('debug')
      return [level, LEVEL[level], debug, debug, lines.includes('warn'), lines.length]
    }
    const at = (level: keyof typeof LEVEL) => [from(level), asked(level)]
    /** A child of its own name that has, from version 10 on, no level of its own. */
    const inherits = version === 'newest'

    expect(told('configured calm')).toEqual(at('error'))
    expect(told('configured loud')).toEqual(at('trace'))
    expect(told('configured parent')).toEqual(at('error'))
    expect(told('configured request')).toEqual(at('error'))
    expect(told('configured db')).toEqual(at('debug'))
    expect(told('configured other')).toEqual(at('info'))
    expect(told('configured own')).toEqual(at('info'))
    expect(told('configured free')).toEqual(at('info'))
    expect(told('configured custom')).toEqual(at('trace'))

    expect(told('hidden calm')).toEqual(at('info'))
    expect(told('hidden free')).toEqual(at('error'))
    for (const name of ['calm', 'free', 'request', 'db', 'other', 'own'])
      expect(told(`raised ${name}`), name).toEqual(at('debug'))

    expect(seen.wrong).toMatch(/^unknown level ?loud/)
    for (const name of ['free', 'young', 'same', 'own'])
      expect(told(`set ${name}`), name).toEqual(at('debug'))

    expect(told('off parent')).toEqual(SILENT)
    expect(told('off request')).toEqual(SILENT)
    expect(told('off other')).toEqual(at(inherits ? 'warn' : 'info'))
    expect(told('off own')).toEqual(at('fatal'))
    expect(seen['off custom'].slice(0, 2)).toEqual(['warn', 40])
    expect(told('let go calm')).toEqual(at('info'))
    // What the program set meanwhile.
    expect(told('let go free')).toEqual(at('error'))
    expect(told('let go young')).toEqual(at('error'))
    expect(told('let go same')).toEqual(at('debug'))
    expect(told('let go own')).toEqual(at('fatal'))
    expect(told('let go parent')).toEqual(at('warn'))
    for (const name of ['request', 'db', 'other'])
      expect(told(`let go ${name}`), name).toEqual(at(inherits ? 'warn' : 'info'))
    expect(told('let go custom')).toEqual(at('info'))

    // Opted out they print by themselves what they always did.
    for (const phase of ['configured', 'hidden', 'raised', 'let go']) {
      expect(seen[`${phase} out`], phase).toEqual(asked('info'))
      const printed = lines.filter(
        ({ msg, source }) => source === undefined && msg.startsWith(`${phase} out `),
      )
      expect(printed.map(({ msg }) => msg.split(' ').at(-1))).toEqual(from('info'))
    }
    expect(seen['hidden hushed']).toEqual(asked('info'))
    expect(seen['raised hushed']).toEqual(asked('info'))
    expect(seen['set hushed']).toEqual(asked(inherits ? 'error' : 'info'))

    // What goes elsewhere too loses no line and gets none.
    const both = version === 'oldest' ? [] : ['mixed', 'threads']
    for (const name of both) {
      expect(told(`hidden ${name}`), name).toEqual([['error'], asked('info')])
      expect(told(`raised ${name}`), name).toEqual(at('debug'))
      expect(told(`let go ${name}`), name).toEqual(at('info'))
    }
    for (const phase of ['hidden', 'raised', 'let go'])
      expect(told(`${phase} elsewhere`)).toEqual([[], asked('info')])
    const native = (...names: string[]) =>
      ['configured', 'hidden', 'raised', 'let go'].flatMap((phase) =>
        names.flatMap((name) => from('info').map((level) => `${phase} ${name} ${level}`)),
      )
    expect([...(seen.file as string[])].sort()).toEqual(
      native('elsewhere', ...both.filter((name) => name === 'mixed')).sort(),
    )
    if (both.length > 0) {
      const threads = records({ stdout: readFileSync(`${file}.thread`, 'utf8') })
      expect(threads.map(({ msg }) => msg)).toEqual(native('threads'))
    }
  },
)

it('without levels a logger is as it ever was', async () => {
  const program = join(ROOT, 'fixtures/levels/pino.cjs')
  for (const version of ['oldest', 'newest']) {
    const folder = join(ROOT, 'fixtures/pino', version)
    const keysOf = async (...flags: string[]) => {
      const run = await node([...flags, program, folder, join(dir, `keys-${version}-${flags.length}.log`)])
      return run.observed.split('\n').find((line) => line.startsWith('["without us"'))
    }
    const before = await keysOf()
    expect(before).toContain('"info"')
    expect(await keysOf('--require', REGISTER)).toBe(before)
  }
})
