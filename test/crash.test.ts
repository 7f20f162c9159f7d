import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { node, ROOT, type Run, records, unified } from './support/run'

const CRASH = join(ROOT, 'fixtures/crash/crash.cjs')
const WARNINGS = join(ROOT, 'fixtures/crash/warnings.cjs')
const WORKER = join(ROOT, 'fixtures/crash/worker.cjs')

type Cell = readonly [way: string, handler: string, flags: readonly string[]]

/** Runs the program natively and under the preload. What Node prints of the crash itself must not differ. */
async function both(way: string, handler: string, flags: readonly string[]): Promise<Run> {
  const [native, ours] = await Promise.all([
    node([...flags, CRASH, way, handler]),
    node([...flags, '--require', join(ROOT, 'dist/register.js'), CRASH, way, handler]),
  ])
  expect(native.stdout).toBe('')
  expect([ours.code, ours.signal]).toEqual([native.code, native.signal])
  expect(ours.stderr).toBe(native.stderr)
  return ours
}

const THROWN: Record<string, object> = {
  error: {
    msg: 'boom',
    err: {
      type: 'TypeError',
      message: 'boom',
      stack: expect.any(String),
      cause: expect.objectContaining({ message: 'why' }),
    },
  },
  null: { msg: 'null' },
  undefined: { msg: 'undefined' },
  string: { msg: 'text' },
  object: { msg: '{ a: 1 }' },
  bare: { msg: '[Object: null prototype] {}' },
  revoked: { msg: '<Revoked Proxy>' },
  hostile: { msg: '[Unreadable message]', err: expect.objectContaining({ type: 'Error' }) },
}

const REJECTED: Record<string, object> = {
  rejection: { msg: 'boom', err: expect.objectContaining({ type: 'TypeError' }) },
  'rejected run': { msg: 'boom', err: expect.objectContaining({ type: 'TypeError' }) },
  'rejection with text': {
    msg: expect.stringContaining('"text"'),
    err: expect.objectContaining({ code: 'ERR_UNHANDLED_REJECTION' }),
  },
  'rejection with nothing': {
    msg: expect.stringContaining('undefined'),
    err: expect.objectContaining({ code: 'ERR_UNHANDLED_REJECTION' }),
  },
}

describe('a crash is one record of the interaction that it came from', () => {
  const record = (namespace: string, rest: object) => ({
    ...{ level: 60, source: 'process', namespace, module: namespace, interactionId: 'i-1' },
    ...{ time: expect.any(Number), pid: expect.any(Number), hostname: expect.any(String) },
    ...rest,
  })

  it.each(Object.entries(THROWN))('thrown %s', async (way, rest) => {
    const run = await both(way, 'none', [])
    expect(run.code).toBe(1)
    expect(records(run)).toEqual([record('uncaughtException', rest)])
  })

  it.each(Object.entries(REJECTED))('%s', async (way, rest) => {
    const run = await both(way, 'none', [])
    expect(run.code).toBe(1)
    const step = way === 'rejected run' ? { step: 2 } : {}
    expect(records(run)).toEqual([record('unhandledRejection', { ...rest, ...step })])
  })

  it.each<Cell>([
    ['rejection', 'none', ['--unhandled-rejections=strict']],
    ['rejection', 'none', ['--unhandled-rejections=throw']],
    ['rejection', 'rejection', ['--unhandled-rejections=strict']],
    ['handled too late', 'none', []],
    ['error', 'monitor', []],
    ['error', 'rejection', []],
  ])('%s with handler %s %s', async (...cell) => {
    const run = await both(...cell)
    expect(run.code).toBe(1)
    expect(records(run).map(({ level, msg, interactionId }) => [level, msg, interactionId])).toEqual([
      [60, 'boom', 'i-1'],
    ])
  })
})

describe('what the host handles is no crash', () => {
  it.each<readonly [...Cell, number]>([
    ['error', 'exception', [], 0],
    ['error', 'capture', [], 0],
    ['error', 'domain', [], 0],
    ['error', 'exception that exits', [], 3],
    ['error', 'exception that throws', [], 7],
    ['rejection', 'exception', [], 0],
    ['rejection', 'rejection', [], 0],
    ['rejection', 'none', ['--unhandled-rejections=none'], 0],
  ])('%s with handler %s %s exits with %i', async (way, handler, flags, code) => {
    const run = await both(way, handler, flags)
    expect([run.code, run.stdout]).toEqual([code, ''])
  })

  it.each([
    ['warn', 'none', 0],
    ['warn-with-error-code', 'none', 1],
    ['strict', 'exception', 0],
  ])('--unhandled-rejections=%s with handler %s warns, in the interaction', async (mode, handler, code) => {
    const flags = [`--unhandled-rejections=${mode}`]
    const native = await node([...flags, CRASH, 'rejection', handler])
    const run = await node([
      ...flags,
      '--require',
      join(ROOT, 'dist/register.js'),
      CRASH,
      'rejection',
      handler,
    ])
    expect([run.code, native.code, run.stderr]).toEqual([code, code, ''])
    const lines = native.stderr.split('\n').filter((line) => line.startsWith('(node:'))
    const warnings = records(run)
    expect(warnings.length).toBe(lines.length)
    for (const warning of warnings) {
      expect(warning).toMatchObject({
        level: 40,
        source: 'process',
        namespace: 'warning',
        interactionId: 'i-1',
      })
    }
  })

  it.each([
    ['handled', 0],
    ['unhandled', 1],
  ])('a worker’s end is its parent’s: %s', async (mode, crashes) => {
    const native = await node([WORKER, mode])
    const run = await node(['--require', join(ROOT, 'dist/register.js'), WORKER, mode])
    // How Node calls its own functions there depends on whether it took them from its code cache.
    const named = (text: string) =>
      text
        .replace(/at (?:Object|Module)\S* \(node:/g, 'at (node:')
        .replace(/at (?:Function|Module)\._load /g, 'at _load ')
        // The error comes by the port, or is taken from it at the thread's end: on a busy machine one start in sixty.
        .replace(/\n +at (?:Worker)?\.?\[kOnExit\] .*\n +at Worker\.\S*onexit .*/, '')
    expect([run.code, named(run.stderr)]).toEqual([native.code, named(native.stderr)])
    expect(records(run).map(({ msg }) => msg)).toEqual(crashes === 0 ? [] : ['boom'])
  })
})

describe('process warnings', () => {
  const dir = mkdtempSync(join(tmpdir(), 'warnings-'))
  afterAll(() => rmSync(dir, { recursive: true }))

  it.each<[readonly string[], NodeJS.ProcessEnv]>([
    [[], {}],
    [['--trace-warnings'], {}],
    [['--trace-deprecation'], {}],
    [['--no-warnings'], {}],
    [['--no-deprecation'], {}],
    [['--pending-deprecation'], {}],
    [['--throw-deprecation'], {}],
    [[], { NODE_NO_WARNINGS: '1' }],
    [['--redirect-warnings=FILE'], {}],
    [[], { NODE_REDIRECT_WARNINGS: 'FILE' }],
    ...(process.allowedNodeEnvironmentFlags.has('--disable-warning')
      ? [[['--disable-warning=OwnWarning', '--disable-warning=CODE'], {}] as [string[], object]]
      : []),
  ])('%s %o: each that Node would print is one record', async (flags, env) => {
    const native = await warnings(flags, env, 'native')
    const ours = await warnings(flags, env, 'ours')
    expect([ours.code, ours.file]).toEqual([native.code, native.file])
    const printed = tokens(native.stderr)
    const crash = native.code === 0 ? [] : ['W4']
    expect(records(ours).map(({ msg }) => tokens(msg)[0])).toEqual([
      ...printed.filter((token) => !crash.includes(token)),
      ...crash,
    ])
    if (crash.length === 0) expect(ours.stderr).toBe('')
    else expect(tokens(ours.stderr)).toEqual(crash)
  })

  it('carry what they are made of, and the interaction', async () => {
    const run = await unified(WARNINGS)
    const common = { level: 40, source: 'process', namespace: 'warning', interactionId: 'i-1' }
    expect(records(run)).toMatchObject([
      { ...common, msg: 'W1 first', data: { name: 'Warning', code: 'CODE', detail: 'in detail' } },
      { ...common, msg: 'W2 own type', data: { name: 'OwnWarning' }, err: { type: 'OwnWarning' } },
      { ...common, msg: 'W3 an error', err: { type: 'ErrorWarning', message: 'W3 an error' } },
      { ...common, msg: 'W4 deprecated', data: { name: 'DeprecationWarning', code: 'DEP0' } },
    ])
  })

  it.each([
    [[], []],
    [['--trace-deprecation'], ['W4']],
    [['--trace-warnings'], ['W1', 'W2', 'W3', 'W4']],
  ])('%j: a stack where Node prints one, in text and JSON', async (flags, traced) => {
    const run = await unified(WARNINGS, {}, flags)
    const stacks = records(run).filter(({ err }) => err.stack !== '')
    expect(stacks.map(({ msg }) => tokens(msg)[0])).toEqual(traced)
    for (const { err } of stacks) expect(err.stack).toMatch(/\n {4}at .*warnings\.cjs:\d/)
    const text = await unified(WARNINGS, { UNIFY_LOGS_FORMAT: 'text' }, flags)
    expect(text.stdout.match(/^\d.*W\d/gm)).toHaveLength(4)
    expect(text.stdout.match(/^ .*warnings\.cjs/gm)?.length ?? 0).toBeGreaterThanOrEqual(traced.length)
    if (traced.length === 0) expect(text.stdout.trimEnd().split('\n')).toHaveLength(4)
  })

  async function warnings(flags: readonly string[], env: NodeJS.ProcessEnv, name: string) {
    const file = join(dir, `${name}.txt`)
    rmSync(file, { force: true })
    const preload = name === 'ours' ? ['--require', join(ROOT, 'dist/register.js')] : []
    const own = Object.fromEntries(
      Object.entries(env).map(([key, value]) => [key, value?.replace('FILE', file)]),
    )
    const run = await node([...flags.map((flag) => flag.replace('FILE', file)), ...preload, WARNINGS], own)
    const text = existsSync(file) ? readFileSync(file, 'utf8').replace(/\(node:\d+\)/g, '(node)') : ''
    // Node appends each warning on its own, in whatever order its thread pool likes.
    return { ...run, file: text.split('\n').sort() }
  }
})

/** `W1` of each warning that a text shows, each once. */
function tokens(text: string): string[] {
  return [...new Set(text.match(/\bW\d(?= )/g) ?? [])]
}
