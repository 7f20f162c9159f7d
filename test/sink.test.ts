import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { Piped } from './support/fifo'
import { IDENTITY, node, REGISTER, ROOT, type Run, records, unified } from './support/run'

const PROGRAMS = join(ROOT, 'fixtures/sink')
const STALL = join(PROGRAMS, 'stall.cjs')
const BURST = join(PROGRAMS, 'burst.cjs')
const HANG_UP = join(PROGRAMS, 'hang-up.cjs')
const RUN = `'${process.execPath}' --require '${IDENTITY}' --require '${REGISTER}'`
const MIB = 2 ** 20

const dir = mkdtempSync(join(tmpdir(), 'sink-'))
afterAll(() => rmSync(dir, { recursive: true }))

/** What a program told on descriptor 3, by word. */
// biome-ignore lint/suspicious/noExplicitAny: checked by the tests
function told({ observed }: Pick<Run, 'observed'>): Record<string, any> {
  const lines = observed.split('\n').filter((line) => line !== '')
  return Object.fromEntries(lines.map((line) => JSON.parse(line)).map((seen) => [seen.word, seen]))
}

/** The numbers of the lines that `print` of the fixtures has printed; a line that is not whole fails here. */
function numbers(lines: Pick<Run, 'stdout'>): number[] {
  const all = records(lines).filter(({ source }) => source === 'console')
  return all.map(({ msg }) => Number(/^S(\d+):x+:E\1$/.exec(msg)?.[1]))
}

/** Runs a line of shell to its end. */
function sh(line: string, env: NodeJS.ProcessEnv = {}): Promise<Pick<Run, 'stdout' | 'stderr' | 'code'>> {
  const options = { env: { PATH: process.env.PATH, UNIFY_LOGS_FORMAT: 'json', ...env } }
  return new Promise((resolve) => {
    execFile('sh', ['-c', line], options, (error, stdout, stderr) => {
      resolve({ stdout, stderr, code: error === null ? 0 : Number(error.code) })
    })
  })
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

describe('nothing is lost when a process ends', () => {
  it('10,000 lines, to a FIFO and to a file', { timeout: 180_000 }, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/soak.cjs'), '10000'])
    const verdicts = stdout.split('\n').slice(1, -1)
    expect(verdicts.filter((line) => !line.startsWith('ok: '))).toEqual([])
    expect(verdicts.length).toBe(18)
  })

  // Console makes a socket non-blocking, and Linux opens none anew.
  it('20,000 lines at once, to a socket', async () => {
    const run = await unified(join(PROGRAMS, 'ends.cjs'), {}, [], ['20000', 'exit'])
    expect([run.code, run.stderr]).toEqual([3, ''])
    expect(numbers(run)).toEqual(upTo(20_000))
  })

  it('a slow reader of more than may wait', async () => {
    const program = new Piped([BURST, '3000', '3000'])
    await program.told('printed')
    program.readSlowly(65_536)
    program.go()
    const run = await program.end()
    expect([numbers(run).length, run.code, run.stderr]).toEqual([6_000, 3, ''])
    expect(numbers(run)).toEqual(upTo(6_000))
  })
})

describe('a reader that stands still', () => {
  it('holds nobody: what may wait waits, the rest is counted, and both are there when it reads again', async () => {
    const program = new Piped([STALL])
    await program.told('dropped')
    program.read()
    const run = await program.end()
    const { dropped, over } = told(run)
    expect(run.code).toBe(0)
    expect(run.stderr).toBe(
      'unify-logs: the reader of descriptor 1 stands still; up to 8 MiB of records wait, more are lost\n',
    )
    expect(dropped.backlog).toBeLessThanOrEqual(8 * MIB)
    expect(dropped.grown).toBeLessThan(80 * MIB)
    expect(over).toMatchObject({ pending: 0, backlog: 0, dropped: dropped.dropped })
    const seen = numbers(run)
    expect(seen).toEqual([...upTo(dropped.written + dropped.pending), ...seen.slice(-10)])
    expect(seen.length).toBe(over.accepted - 1 - dropped.dropped.EAGAIN)
    const lost = records(run).filter(({ source }) => source === 'unify-logs')
    expect(lost).toMatchObject([{ level: 40, data: { dropped: dropped.dropped } }])
  })

  it('does not keep a process from ending, which says what is lost', async () => {
    const program = new Piped([STALL, 'exit'])
    const run = await program.end()
    program.hangUp()
    const { pending } = told(run).dropped
    expect(run.code).toBe(3)
    expect(run.stderr.split('\n').slice(1)).toEqual([
      `unify-logs: ${pending} records are lost: descriptor 1 did not take them before the end (EAGAIN)`,
      '',
    ])
  })

  it('does not keep `flush` from resolving, and the pipe is blocking for others as it was', async () => {
    const program = new Piped([join(PROGRAMS, 'flush.cjs')])
    const run = await program.end()
    program.hangUp()
    const { pending, before, after } = told(run).resolved
    expect([run.signal, pending > 0, after]).toEqual(['SIGKILL', true, before])
  })
})

describe('a reader that hangs up', () => {
  async function hungUp(args: readonly string[], flags?: readonly string[]): Promise<Run> {
    const program = new Piped([HANG_UP, ...args], {}, flags)
    await program.told('printed')
    program.hangUp()
    program.go()
    return program.end()
  }

  it('is said once and ends nothing', async () => {
    const run = await hungUp([])
    expect([run.code, run.stderr]).toEqual([
      0,
      'unify-logs: records are lost: writing to descriptor 1 failed: EPIPE: broken pipe, write\n',
    ])
    expect(told(run)['went on']).toMatchObject({ accepted: 5_010, written: 10 })
  })

  it.each(['raw', 'listening'])('is the program’s own affair where it writes itself: %s', async (raw) => {
    const [ours, native] = await Promise.all([hungUp([raw]), hungUp([raw, 'native'], [])])
    const outcome = (run: Run) => [run.code, told(run).error?.code]
    expect(outcome(ours)).toEqual(outcome(native))
    expect(outcome(ours)).toEqual(raw === 'raw' ? [1, undefined] : [0, 'EPIPE'])
  })
})

describe('a file', () => {
  const configured = (name: string, program: string): Promise<Run> =>
    unified(join(PROGRAMS, program), { UNIFY_LOGS_DESTINATION: join(dir, name) })
  const read = (name: string) => ({ stdout: readFileSync(join(dir, name), 'utf8') })

  it('that can grow no more is written on where there is room again, and no line is torn', async () => {
    const { stdout, stderr } = await sh(`ulimit -f 40; exec ${RUN} '${PROGRAMS}/full.cjs' 3>&1`, {
      UNIFY_LOGS_DESTINATION: join(dir, 'full.log'),
    })
    const { full, over } = told({ observed: stdout })
    expect(stderr).toMatch(/^unify-logs: writing to .*full.log failed: EFBIG: .*; up to 8 MiB of .*\n$/)
    expect(full.pending).toBeGreaterThanOrEqual(20)
    expect([over.dropped, over.errors]).toEqual([{}, { EFBIG: expect.any(Number) }])
    const before = read('full.log.0').stdout
    expect(numbers({ stdout: before + read('full.log').stdout })).toEqual(upTo(over.accepted))
  })

  it('that was renamed is made anew: nothing is lost', async () => {
    const run = await configured('app.log', 'rotated.cjs')
    expect([run.code, run.stderr]).toEqual([0, ''])
    const files = ['app.log.0', 'app.log.1', 'app.log']
    expect(readdirSync(dir).filter((name) => name.startsWith('app.log')).length).toBe(3)
    const seen = files.flatMap((name) => numbers(read(name)))
    expect(seen).toEqual(upTo(told(run).over.written))
  })

  it('that ends within a line gets its line end first', async () => {
    writeFileSync(join(dir, 'torn.log'), '{"half')
    await configured('torn.log', '../preload/lines.cjs')
    const [torn, ...whole] = read('torn.log').stdout.split('\n')
    expect([torn, records({ stdout: whole.join('\n') }).length]).toEqual(['{"half', 2])
  })
})

describe('a destination that takes nothing', () => {
  it.each([
    ['a full disk', '> /dev/full', 2, /failed: ENOSPC.*\nunify-logs: 2 records are lost: .*ENOSPC/],
    ['a closed stdout', '>&-', 0, /^$/],
    ['a closed stderr', '2>&-', 0, /^$/],
  ])('%s', async (_name, redirection, said, words) => {
    const { stderr, code } = await sh(`exec ${RUN} '${ROOT}/fixtures/preload/lines.cjs' ${redirection}`)
    expect([code, stderr.split('\n').length - 1]).toEqual([0, said])
    expect(stderr).toMatch(words)
  })

  it('a stdout that the program closes: a pipe of our own stays, any other is gone', async () => {
    const piped = new Piped([join(PROGRAMS, 'closed.cjs')])
    piped.read()
    const [pipe, socket] = await Promise.all([piped.end(), unified(join(PROGRAMS, 'closed.cjs'))])
    expect([numbers(pipe), pipe.stderr, pipe.code]).toEqual([upTo(30), '', 0])
    expect([numbers(socket), socket.code]).toEqual([upTo(10), 0])
    expect(socket.stderr).toMatch(/^unify-logs: records are lost: .* EBADF.*\n$/)
    const { dropped, pending } = told(socket).end
    expect(dropped).toEqual({ EBADF: 20 - pending })
  })
})

describe('a descriptor of ours that the program closes', () => {
  const REUSED = join(PROGRAMS, 'reused.cjs')

  it('leaves the file alone that has its number then: a pipe', async () => {
    const program = new Piped([REUSED])
    program.read()
    const run = await program.end()
    expect([numbers(run), run.stderr, run.code]).toEqual([upTo(20), '', 0])
    expect(told(run).end).toMatchObject({ isReused: true, own: '', written: 20 })
  })

  it('leaves the file alone that has its number then: a file', async () => {
    const path = join(dir, 'reused.log')
    const run = await unified(REUSED, { UNIFY_LOGS_DESTINATION: path })
    expect([numbers({ stdout: readFileSync(path, 'utf8') }), run.stderr, run.code]).toEqual([upTo(20), '', 0])
    expect(told(run).end).toMatchObject({ isReused: true, own: '', written: 20 })
  })
})

describe('several writers at once', () => {
  it('tear no record of up to 4,096 bytes on one pipe', async () => {
    const program = new Piped([join(PROGRAMS, 'crowd.cjs'), '1000', '3700'])
    program.read()
    const run = await program.end()
    const lines = run.stdout.split('\n').map((line) => line.length + 1)
    expect(Math.max(...lines)).toBeGreaterThan(3_700)
    expect(Math.max(...lines)).toBeLessThanOrEqual(4_096)
    checkCrowd(run.stdout, 1_000)
  })

  it('tear no record of any size in one file', async () => {
    const path = join(dir, 'crowd.log')
    await unified(join(PROGRAMS, 'crowd.cjs'), { UNIFY_LOGS_DESTINATION: path }, [], ['20', '300000'])
    checkCrowd(readFileSync(path, 'utf8'), 20)
  })

  /** Three processes and their threads: each one's lines are whole and in order. */
  function checkCrowd(stdout: string, count: number): void {
    const next = new Map<string, number>()
    for (const { msg } of records({ stdout })) {
      const [, who = '', number, xs = '', length] = /^(\S+):(\d+):(x+):(\d+)$/.exec(msg) ?? []
      expect([Number(number), xs.length]).toEqual([next.get(who) ?? 0, Number(length)])
      next.set(who, Number(number) + 1)
    }
    expect([...next.values()]).toEqual(Array(6).fill(count))
  }
})

describe('batch', () => {
  it.each([['exit'], ['throw'], ['SIGKILL']])('%s', async (end) => {
    const run = await unified(join(PROGRAMS, 'batch.cjs'), { UNIFY_LOGS_BATCH: 'true' }, [], [end])
    const { waits, flushed, printed, ...rest } = told(run)
    expect([waits.written, waits.pending]).toEqual([0, 1])
    expect(rest['left in time'].written).toBe(1)
    expect(flushed.pending).toBe(0)
    expect(printed.backlog).toBeGreaterThan(0)
    expect(printed.backlog).toBeLessThanOrEqual(4_096)
    expect(numbers(run)).toEqual(upTo(end === 'SIGKILL' ? printed.written : printed.accepted))
  })
})

it('a program that has closed its stdout goes on, and is told that records are lost', async () => {
  const program = join(dir, 'closed.cjs')
  writeFileSync(program, "require('node:fs').closeSync(1); console.log('a line'); process.exitCode = 7")
  const { code, stderr } = await node(['--require', REGISTER, program])
  expect([code, stderr]).toEqual([7, expect.stringMatching(/^unify-logs: records are lost: .*EBADF.*\n$/)])
})
