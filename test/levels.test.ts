import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { node, REGISTER, ROOT, type Run, records } from './support/run'

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'levels-')))
for (const file of ['run-time.cjs', 'signal.cjs'])
  cpSync(join(ROOT, 'fixtures/levels', file), join(dir, file))
mkdirSync(join(dir, 'node_modules/@x'), { recursive: true })
symlinkSync(ROOT, join(dir, 'node_modules/@x/unify-logs'))
writeFileSync(join(dir, 'package.json'), '{}')
afterAll(() => rmSync(dir, { recursive: true }))

it('setLevels shows and hides while the process runs', async () => {
  const run = await node(['--require', REGISTER, join(dir, 'run-time.cjs')])
  expect(messages(run)).toEqual([
    ...['as configured debug', 'as configured error', 'as configured console'],
    'quiet error',
    ...['open debug', 'open error', 'open console'],
    // What is wrong is left out, and nothing is left of the levels before.
    ...['wrong debug', 'wrong error', 'wrong console'],
  ])
  expect(run.stderr.split('\n')).toEqual([
    expect.stringMatching(
      /^unify-logs: setLevels\["app:JOBS"\]: found "loud".*allowed: "trace".*it is ignored$/,
    ),
    expect.stringMatching(/^unify-logs: setLevels\["ap:JOBS"\]: .*did you mean "app:JOBS".*it is ignored$/),
    '',
  ])
})

describe('the levels of the configuration file, read again on SIGUSR2', () => {
  const json = (reload: string) => JSON.stringify({ reload, levels: { 'app:JOBS': 'trace' } })

  it.each([
    ['levels.json', json('SIGUSR2')],
    ['levels.cjs', `module.exports = ${json('SIGUSR2')}`],
  ])('%s', async (name, text) => {
    const run = await signalled(name, text)
    expect([run.stderr, run.observed]).toEqual(['', '2'])
    expect(messages(run)).toEqual(['before', 'still here'])
  })

  it('an ES module is loaded once: its levels stay, which is said', async () => {
    const run = await signalled('levels.mjs', `export default ${json('SIGUSR2')}`)
    expect(run.stderr).toMatch(/^unify-logs: .*levels\.mjs: an ES module is loaded once; .*\n$/)
    expect(messages(run)).toEqual(['before', 'after', 'still here'])
  })

  it('nobody listens unless it is asked for', async () => {
    const run = await signalled('off.json', json('off'))
    expect([run.stderr, run.observed]).toEqual(['', '1'])
    expect(messages(run)).toEqual(['before', 'after', 'still here'])
  })

  it('loggers of seven libraries follow, those that exist and those that are made then', async () => {
    const libraries = ['debug', 'loglevel', 'consola', 'winston', 'bunyan', 'log4js', 'pino']
    // Log4js has a debug of its own.
    const patterns = libraries.flatMap((name) => [`${name}:old`, `${name}:new*`])
    const levels = Object.fromEntries(patterns.map((pattern) => [pattern, 'error']))
    const file = join(dir, 'all.json')
    writeFileSync(file, JSON.stringify({ reload: 'SIGUSR2', levels }))
    const program = join(ROOT, 'fixtures/levels/signal-all.cjs')
    const run = await node(['--require', REGISTER, program, file], { UNIFY_LOGS_CONFIG: file })
    expect(run.stderr).toBe('')
    // Debug has one level.
    const lines = (phase: string, level: string) =>
      libraries
        .filter((name) => name !== 'debug' || level === 'debug')
        .map((name) => `${phase} ${name} ${level}`)
    expect(messages(run).sort()).toEqual(
      [
        ...lines('error old', 'error'),
        ...['debug old', 'debug new'].flatMap((phase) => [
          ...lines(phase, 'debug'),
          ...lines(phase, 'error'),
        ]),
      ].sort(),
    )
  })

  async function signalled(name: string, text: string): Promise<Run> {
    const file = join(dir, name)
    writeFileSync(file, text)
    const args = ['--require', REGISTER, join(dir, 'signal.cjs'), file, 'trace', 'error']
    return node(args, { UNIFY_LOGS_CONFIG: file })
  }
})

function messages(run: Run): string[] {
  return records(run).map(({ msg }) => msg)
}
