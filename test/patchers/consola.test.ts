import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { soundPlatform } from '../../src/core/hooks/versions'
import { node, REGISTER, ROOT, type Run, records, unified } from '../support/run'

const FIXTURES = join(ROOT, 'fixtures/consola')
const THROTTLED = ['2', '3.0', 'newest']
const ALL = ['oldest', ...THROTTLED]
const PRELOAD = ['--require', REGISTER]

/** Runs a program of the fixtures with one version of consola. */
function run(
  program: string,
  version: string,
  flags: string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Run> {
  const main = `require('../${program}.cjs')(require('consola'))`
  const json = { UNIFY_LOGS_FORMAT: 'json', ...env }
  return node([...flags, '--eval', main], json, join(FIXTURES, version))
}

describe.each(THROTTLED)('consola %s', (version) => {
  it('says how often a line was repeated, and where', async () => {
    const basic = { CI: 'true' }
    const lines = ({ stdout, stderr }: Run): string[] => `${stdout}${stderr}`.match(/(?<=\[info\] ).*/g) ?? []
    const native = lines(await run('repeats', version, [], basic))
    const after = records(await run('repeats', version, PRELOAD, basic))

    expect(native.filter((line) => line.includes('repeated'))).toHaveLength(2)
    expect(after.map(({ msg }) => msg)).toEqual(native)
    const callers = after.filter(({ msg }) => msg.includes('repeated')).map(({ trace }) => trace)
    expect(callers).toEqual([expect.stringMatching(/:poll:4$/), expect.stringMatching(/:wait:7$/)])
  })

  it('keeps time and context of a paused call', async () => {
    const before = Date.now()
    const [record] = records(await run('paused', version, PRELOAD))
    expect(record).toMatchObject({ msg: 'paused', userId: 1 })
    expect(record.time).toBeGreaterThanOrEqual(before)
  })
})

describe.each(ALL)('consola %s', (version) => {
  it('records nothing that its reporters did not print', async () => {
    const { stdout, stderr } = await run('masked', version, PRELOAD)
    expect(stdout).toContain('account')
    expect(stdout).toContain('a ***')
    expect(stdout + stderr).not.toContain('secret')
  })

  it('leaves an opted out tag alone', async () => {
    const native = await run('tags', version)
    const after = await run('tags', version, PRELOAD, { UNIFY_LOGS_OPT_OUT: 'consola:db,console' })
    const theirs = (text: string): string[] => text.split('\n').filter((line) => line.includes('theirs'))

    expect(theirs(after.stdout).map(undated)).toEqual(theirs(native.stdout).map(undated))
    expect(theirs(after.stderr).map(undated)).toEqual(theirs(native.stderr).map(undated))
    const ours = after.stdout.split('\n').filter((line) => line.startsWith('{'))
    expect(records({ stdout: ours.join('\n') }).map(({ msg }) => msg)).toEqual(['ours', 'ours'])
  })

  it('takes no stack below the threshold', async () => {
    const seen = records(await run('threshold', version, PRELOAD))
    expect(seen.map(({ msg }) => msg)).toEqual(['above', [0, true]])
  })

  it('answers below the threshold what the library answers', async () => {
    const native = await run('answers', version)
    expect(native.stderr).toContain('["debug",["%s",1]')
    expect((await run('answers', version, PRELOAD)).stderr).toBe(native.stderr)
  })

  it('records no colours', async () => {
    const { stdout } = await run('program', version, [], { FORCE_COLOR: '1' })
    const after = await unified(join(FIXTURES, version, 'app.cjs'), { FORCE_COLOR: '1' })
    expect(stdout).toContain('\u001b[')
    expect(after.stdout).not.toContain('\\u001b')
    expect(records(after)[2].msg).toBe('T03 `code` and _more_ words')
  })
})

it.each(soundPlatform() ? ['platform', 'middle'] : ['middle'])(
  'consola newest: every entry is patched (%s)',
  async (hooks) => {
    const after = records(await unified(join(FIXTURES, 'newest/entries.cjs'), { UNIFY_LOGS_HOOKS: hooks }))
    const line = ({ source, level, namespace, trace, msg }: Record<string, unknown>) =>
      [source, level, namespace, `${trace}`.replace(/.*entries:/, ''), msg].join(' ')
    expect(after.map(line)).toEqual([
      'consola 30  <module>:3 browser by require',
      'consola 40  <module>:4 basic by require',
      'consola 50  <module>:5 index by require',
      'consola 30  <module>:6 core by require',
      'consola 50  imported:15 index by import',
      'consola 40  imported:16 basic by import',
      'consola 30 tagged imported:17 browser by import',
      'consola 30  imported:18 core by import',
    ])
  },
)

/** Without the clock that the fancy reporter prints. */
function undated(line: string): string {
  return line.replace(/\d+:\d+:\d+( [AP]M)?/, '')
}
