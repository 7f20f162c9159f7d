import { exec } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { node, REGISTER, ROOT, records, unified } from '../support/run'

// Its pino is the very copy that our own records leave by.
const FOLDER = join(ROOT, 'fixtures/pino/newest')
const dir = mkdtempSync(join(tmpdir(), 'pino-'))
afterAll(() => rmSync(dir, { recursive: true }))

describe('what a line says', async () => {
  const run = await unified(join(FOLDER, 'details.cjs'))
  const line = (msg: string) => records(run).find((record) => record.msg === msg)
  const data = (msg: string) => line(msg).data

  it('is what pino printed: redacted, serialized, formatted', () => {
    expect(run.stdout).not.toContain('hunter2')
    expect(data('redacted')).toEqual({ password: '[Redacted]' })
    expect(line('redacted').err).toMatchObject({ message: 'inner', headers: '[Redacted]' })
    expect(data('serialized')).toEqual({ user: 7 })
    expect(data('mixed')).toEqual({ mixed: 1 })
    expect(data('keys')).toEqual({ payload: { own: 1 } })
    expect(line('not JSON at all').data).toBeUndefined()
  })

  it('keeps fields that have names of pino', () => {
    expect(line('names')).toMatchObject({ namespace: 'shop', level: 30 })
    expect(data('names')).toEqual({ name: 'ann', time: 1, level: 2, pid: 3, user: { id: 7 } })
    expect(data('bindings')).toEqual({ request: 7, more: true })
    expect(data('bare')).toEqual({ time: 5 })
    expect(data('iso')).toEqual({ own: 1 })
    expect(data('')).toEqual({ only: 'fields' })
  })

  it('has the error as pino tells it', () => {
    const { err, data } = line('boom')
    expect(err).toMatchObject({ type: 'TypeError', message: 'boom: deeper', code: 'E_BOOM' })
    expect(err.stack).toContain('caused by: Error: deeper')
    expect(data).toBeUndefined()
  })

  it('keeps the number of a level between two', async () => {
    expect(line('between').level).toBe(35)
    const text = await node(['--require', REGISTER, join(FOLDER, 'details.cjs')], {
      UNIFY_LOGS_FORMAT: 'text',
    })
    expect(text.stdout).toMatch(/ \| INFO \| between\n/)
  })
})

it('a logger opted out by its name prints as ever', async () => {
  const run = await unified(join(FOLDER, 'details.cjs'), { UNIFY_LOGS_OPT_OUT: 'pino:audit' })
  expect(run.stdout).toMatch(/^\{"level":30,"time":\d+,"pid":1,"name":"audit","msg":"left alone"\}$/m)
  expect(records(run).filter(({ source }) => source === 'pino')).toHaveLength(12)
})

it('pino-http: request, response and duration are data', async () => {
  const lines = records(await unified(join(FOLDER, 'http.cjs')))
  expect(lines.map(({ msg }) => msg)).toEqual(['inside', 'request completed'])
  expect(lines[0].data).toMatchObject({ req: { method: 'GET', url: '/cart' } })
  expect(lines[1]).toMatchObject({
    pkg: expect.stringMatching(/^pino-http@/),
    data: { req: { url: '/cart' }, res: { statusCode: 200 }, responseTime: expect.any(Number) },
  })
})

it('of several targets the terminal is taken over, the file gets its bytes, and the exit waits for nobody', async () => {
  const [before, after] = [join(dir, 'before.log'), join(dir, 'after.log')]
  const program = join(FOLDER, 'transports.cjs')
  await node([program, before])
  const run = await node(['--require', REGISTER, program, after], { UNIFY_LOGS_FORMAT: 'json' })

  expect([run.code, run.stderr]).toEqual([0, ''])
  const lines = records(run).map(({ msg, data }) => [msg, data])
  expect(lines).toEqual([
    ['file and terminal', undefined],
    ['all three', { password: 'hunter2', user: 'ann' }],
    ['all three', { user: 'ann' }],
  ])
  expect(bare(after)).toBe(bare(before))
  expect(bare(after).split('\n')).toHaveLength(4)
})

it('an exit right behind a line loses none, with a pipe for stdout', async () => {
  // What spawn calls a pipe is a socket.
  const line = `"${process.execPath}" --require "${REGISTER}" "${join(FOLDER, 'exit.cjs')}" | cat`
  const { stdout } = await promisify(exec)(line, { maxBuffer: 2 ** 26 })
  expect(records({ stdout })).toHaveLength(5000)
})

it('our own transport to the terminal is not taken over', async () => {
  const log = join(dir, 'records.log')
  const targets = [{ target: 'pino/file' }, { target: 'pino/file', options: { destination: log } }]
  const config = join(dir, 'config.json')
  writeFileSync(config, JSON.stringify({ destination: { targets } }))
  const run = await node(['--require', REGISTER, join(FOLDER, 'http.cjs')], { UNIFY_LOGS_CONFIG: config })
  expect(run.stderr).toBe('')
  const lines = records(run).map(({ source, msg }) => [source, msg])
  expect(lines).toEqual([
    ['pino', 'inside'],
    ['pino', 'request completed'],
  ])
  expect(records({ stdout: readFileSync(log, 'utf8') })).toHaveLength(2)
})

/** The lines of a file without what differs between two runs. */
function bare(file: string): string {
  return readFileSync(file, 'utf8').replace(/"(?:time|pid)":\d+/g, '')
}

it.each(['auto', 'middle'])('an import by name is the changed function (%s)', async (hooks) => {
  const run = await unified(join(FOLDER, 'named.mjs'), { UNIFY_LOGS_HOOKS: hooks })
  expect(records(run)).toMatchObject([{ source: 'pino', msg: 'imported by name' }])
})

it("behind our first line pino is the program's own copy, and taken over", async () => {
  const program = `console.log('ours loads pino')
    const pino = require('pino')
    pino().info('required')
    import('pino').then((loaded) => loaded.default().info('imported'))`
  const flags = ['--require', REGISTER, '--eval', program]
  for (const hooks of ['auto', 'middle']) {
    const run = await node(flags, { UNIFY_LOGS_FORMAT: 'json', UNIFY_LOGS_HOOKS: hooks })
    expect(records(run).map(({ source, msg }) => [source, msg])).toEqual([
      ['console', 'ours loads pino'],
      ['pino', 'required'],
      ['pino', 'imported'],
    ])
  }
})
