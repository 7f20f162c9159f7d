import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { node, REGISTER, ROOT } from './support/run'

interface Lines {
  readonly make: string
  readonly line: string
  readonly disabled?: string
}

interface Counts {
  readonly captures: number
  readonly writes: number
  readonly serialized: number
  readonly parsed: number
}

const OWN: Lines = {
  make: `const l = require(${JSON.stringify(join(ROOT, 'dist/index.js'))}).getLogger('ML')`,
  line: "l.info('order %d of %s', i, 'ada')",
  disabled: "l.debug('order %d of %s', i, 'ada')",
}
const { LOGGERS } = createRequire(import.meta.url)('../bench/loggers.cjs') as {
  LOGGERS: Record<string, Lines>
}
const LOGS: Record<string, Lines> = { ...LOGGERS, getLogger: OWN }
/** Objects that a line may have to make JSON of, or to read from it. A line of the others is text alone. */
const JSON_OF: Record<string, { serialized: number; parsed: number }> = {
  consola: { serialized: 1, parsed: 0 },
  winston: { serialized: 1, parsed: 0 },
  bunyan: { serialized: 1, parsed: 0 },
  pino: { serialized: 1, parsed: 1 },
}
const COUNTS = join(import.meta.dirname, 'support/counts.cjs')
const LINES = 1_000

const folder = mkdtempSync(join(tmpdir(), 'unify-logs-counts-'))
afterAll(() => rmSync(folder, { recursive: true }))
const RECORDS = join(folder, 'records.log')

function program(text: string): string {
  const file = join(folder, 'program.cjs')
  writeFileSync(file, text)
  return file
}

/** What so many calls do, in a file as the destination: a pipe may take a write in pieces. */
async function counts(make: string, line: string, env: NodeJS.ProcessEnv = {}): Promise<Counts> {
  const file = program(`${make}\ntellCounts((i) => { ${line} }, ${LINES})`)
  const { observed, stdout, stderr } = await node(['--require', COUNTS, '--require', REGISTER, file], {
    UNIFY_LOGS_DESTINATION: RECORDS,
    ...env,
  })
  expect([stdout, stderr]).toEqual(['', ''])
  return JSON.parse(observed)
}

describe.each(Object.entries(LOGS))('%s', (logger, { make, line, disabled }) => {
  const { serialized, parsed } = JSON_OF[logger] ?? { serialized: 0, parsed: 0 }

  it.each([
    ['always', LINES],
    ['warn', 0],
    ['off', 0],
  ])('a line is written once, and its stack looked at only for a call site (%s)', async (trace, captures) => {
    const told = await counts(make, line, { UNIFY_LOGS_TRACE: trace })
    expect(told).toMatchObject({ captures, writes: LINES })
    expect(told.serialized).toBeLessThanOrEqual(serialized * LINES)
    expect(told.parsed).toBeLessThanOrEqual(parsed * LINES)
  })

  it.runIf(disabled)('a line below the threshold does nothing of it', async () => {
    const env = logger === 'getLogger' ? { UNIFY_LOGS_LEVEL: 'info' } : {}
    expect(await counts(make, disabled as string, env)).toEqual({
      captures: 0,
      writes: 0,
      serialized: 0,
      parsed: 0,
    })
  })
})

it('`batch` writes many lines at once', async () => {
  const { writes } = await counts('', "console.log('order %d', i)", { UNIFY_LOGS_BATCH: 'true' })
  expect(writes).toBeGreaterThan(0)
  expect(writes).toBeLessThan(LINES / 10)
})

it('all loggers have one pino instance behind them', async () => {
  const others = Object.entries(LOGS).filter(([logger]) => logger !== 'pino')
  const { observed } = await node([
    '--require',
    REGISTER,
    program(`const instances = new Set()
      let lines = 0
      require('node:diagnostics_channel').subscribe('tracing:pino_asJson:start', ({ instance }) => {
        lines++
        // Children have their parent for a prototype, and the eldest a destination of its own.
        const isEldest = (logger) => Object.getOwnPropertySymbols(logger).some((key) => key.description === 'pino.stream')
        while (!isEldest(instance)) instance = Object.getPrototypeOf(instance)
        instances.add(instance)
      })
      let i = 0
      ${others.map(([, { make, line }]) => `{ ${make}; ${line} }`).join('\n')}
      setTimeout(() => require('node:fs').writeSync(3, JSON.stringify([lines, instances.size])), 100)`),
  ])
  expect(JSON.parse(observed)).toEqual([others.length, 1])
})

it('a first line of console loads no other patcher', async () => {
  const { observed } = await node([
    '--require',
    REGISTER,
    program(`const { load } = module.constructor.prototype
      const files = []
      module.constructor.prototype.load = function (file) { files.push(file); return load.call(this, file) }
      console.log('first')
      require('node:fs').writeSync(3, JSON.stringify(files))`),
  ])
  const files: string[] = JSON.parse(observed)
  const patchers = files.flatMap((file) => /dist[\\/]patchers[\\/]([^\\/]+)[\\/]/.exec(file)?.[1] ?? [])
  expect(files.some((file) => file.includes('sonic-boom'))).toBe(true)
  // That of console is part of `line.js`.
  expect(patchers).toEqual([])
})

const traces = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0
it.runIf(traces)('a record is one system call', () => {
  const calls = (lines: number): number => {
    const file = program(`for (let i = 0; i < ${lines}; i++) console.log('order %d', i)`)
    const log = join(folder, 'calls')
    const only = ['-f', '-o', log, '-P', RECORDS, '-e', 'trace=write,writev,pwrite64,pwritev,pwritev2']
    const { PATH, HOME } = process.env
    execFileSync('strace', [...only, process.execPath, '--require', REGISTER, file], {
      env: { PATH, HOME, UNIFY_LOGS_DESTINATION: RECORDS },
    })
    return readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => / p?writev?\d*\(/.test(line)).length
  }
  writeFileSync(RECORDS, '')
  expect(calls(300)).toBe(300)
})
