import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { IDENTITY, node, REGISTER, ROOT, type Run, records } from '../support/run'

const PROGRAMS = join(ROOT, 'fixtures/preload')
const LINES = join(PROGRAMS, 'lines.cjs')

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'sink-')))
mkdirSync(join(dir, 'node_modules/@x'), { recursive: true })
symlinkSync(ROOT, join(dir, 'node_modules/@x/unify-logs'))
for (const program of ['lines.cjs', 'secrets.cjs']) {
  writeFileSync(join(dir, program), readFileSync(join(PROGRAMS, program)))
}
writeFileSync(join(dir, 'package.json'), '{}')
afterAll(() => rmSync(dir, { recursive: true }))

/** Runs a program of the project with a configuration of its own. */
function configured(config: object, program: string, env: NodeJS.ProcessEnv = {}): Promise<Run> {
  writeFileSync(join(dir, 'unify-logs.config.json'), JSON.stringify(config))
  return node(['--require', REGISTER, join(dir, program)], env, tmpdir())
}

/** Runs a line of shell, in which `$RUN` is node with the preload. */
function shell(line: string, env: NodeJS.ProcessEnv = {}): Promise<Pick<Run, 'stdout' | 'stderr' | 'code'>> {
  const RUN = `${process.execPath} --require ${IDENTITY} --require ${REGISTER}`
  const options = { env: { PATH: process.env.PATH, LINES, RUN, ...env }, maxBuffer: 2 ** 26 }
  return new Promise((resolve) => {
    execFile('sh', ['-c', line], options, (error, stdout, stderr) => {
      resolve({ stdout, stderr, code: error === null ? 0 : Number(error.code) })
    })
  })
}

const messages = (stdout: string) => records({ stdout }).map(({ msg }) => msg)

describe('destination', () => {
  it('stdout', async () => {
    const run = await configured({ destination: 'stdout' }, 'lines.cjs')
    expect([messages(run.stdout), run.stderr]).toEqual([['one', 'two'], ''])
  })

  it('stderr', async () => {
    const run = await configured({ destination: 'stderr' }, 'lines.cjs')
    expect([run.stdout, messages(run.stderr)]).toEqual(['', ['one', 'two']])
  })

  it('a file, relative to the project root, appended to, not for everybody', async () => {
    for (const expected of [
      ['one', 'two'],
      ['one', 'two', 'one', 'two'],
    ]) {
      const run = await configured({ destination: './app.log' }, 'lines.cjs')
      expect([run.stdout, run.stderr, run.code]).toEqual(['', '', 0])
      expect(messages(readFileSync(join(dir, 'app.log'), 'utf8'))).toEqual(expected)
    }
    expect(statSync(join(dir, 'app.log')).mode & 0o007).toBe(0)
  })

  it.each<[string, unknown]>([
    ['a file in no folder', './nowhere/app.log'],
    ['a folder', './node_modules'],
    ['a transport that is not installed', { target: 'no-such-transport' }],
  ])('that cannot be opened is said once, the lines stay native: %s', async (_name, destination) => {
    const native = await node([LINES])
    const run = await configured({ destination }, 'lines.cjs')
    const [complaint, ...rest] = run.stderr.split('\n')
    expect(complaint).toMatch(/^unify-logs: opening the destination .* failed: /)
    expect([run.stdout, rest.join('\n'), run.code]).toEqual([native.stdout, native.stderr, 0])
  })

  it('that cannot be opened loses the lines of getLogger, and says so', async () => {
    const run = await configured({ destination: './nowhere/app.log' }, 'secrets.cjs')
    expect([run.stdout, run.code, run.stderr.split('\n').length]).toEqual(['', 0, 2])
    expect(run.stderr).toContain('those of getLogger are lost')
  })

  it('a transport that fails later does not end the process', async () => {
    const destination = { target: 'pino/file', options: { destination: join(dir, 'nowhere/app.log') } }
    const run = await configured({ destination }, 'lines.cjs')
    expect([run.code, run.stdout]).toEqual([0, ''])
    expect(run.stderr).toMatch(/^unify-logs: the transport of the records failed: ENOENT.*\n$/)
  })
})

describe('redact', () => {
  it('hides values in data, errors and context, and leaves the caller’s objects alone', async () => {
    const redact = ['headers.authorization', '*.password', 'list[*].password', 'token']
    const run = await configured({ redact }, 'secrets.cjs')
    expect([run.code, run.stderr]).toEqual([0, ''])
    expect(run.stdout).not.toContain('SECRET')
    const headers = { authorization: '[Redacted]', accept: 'all' }
    expect(records(run)).toMatchObject([
      {
        token: '[Redacted]',
        data: { headers, user: { name: 'Ann', password: '[Redacted]' }, list: [{ password: '[Redacted]' }] },
      },
      { err: { headers } },
    ])
  })

  it('hides nothing that it does not name', async () => {
    const run = await configured({ redact: ['*.password'] }, 'secrets.cjs')
    expect(run.stdout.match(/SECRET/g)?.length).toBe(4)
  })
})

describe('format auto', () => {
  const TEXT = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+:<module>:1 \| APP \| (\S+) \| one$/

  it('is JSON in a pipe and in a file', async () => {
    expect(messages((await shell('$RUN $LINES')).stdout)).toEqual(['one', 'two'])
    const file = join(dir, 'redirected.log')
    await shell(`$RUN $LINES > ${file}`)
    expect(messages(readFileSync(file, 'utf8'))).toEqual(['one', 'two'])
  })

  const green = '\u001b[32mINFO\u001b[39m'
  it.each<[NodeJS.ProcessEnv, string]>([
    [{}, 'INFO'],
    [{ NO_COLOR: '1' }, 'INFO'],
    [{ FORCE_COLOR: '1' }, green],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, green],
    [{ FORCE_COLOR: '0' }, 'INFO'],
  ])('text in a pipe under %o', async (env, level) => {
    const { stdout } = await shell('$RUN $LINES', { UNIFY_LOGS_FORMAT: 'text', ...env })
    expect(TEXT.exec(stdout.split('\n')[0] ?? '')?.[1]).toBe(level)
  })

  // `script` gives the program a terminal; where it is not installed, the table above stands for the colours.
  const script = ['/usr/bin/script', '/bin/script'].find(existsSync)
  const terminal: [NodeJS.ProcessEnv, string][] =
    script === undefined
      ? []
      : [
          [{}, green],
          [{ NO_COLOR: '1' }, 'INFO'],
          [{ NO_COLOR: '' }, green],
          [{ FORCE_COLOR: '0' }, 'INFO'],
        ]
  it.runIf(script).each(terminal)('is text on a terminal under %o', async (env, level) => {
    const { stdout } = await shell(`${script} -qec "$RUN $LINES" /dev/null`, { TERM: 'xterm', ...env })
    expect(TEXT.exec(stdout.split('\r\n')[0] ?? '')?.[1]).toBe(level)
  })
})
