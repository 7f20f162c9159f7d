import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { soundPlatform } from '../src/core/hooks/versions'
import { LEVELS, type LevelName } from '../src/core/levels'
import type { PatchFinding } from '../src/core/patcher'
import { expectations } from './support/fixture'
import { node, REGISTER, ROOT, type Run, records, unified } from './support/run'

const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const FIXTURES = join(ROOT, 'fixtures/recursive')
const PUBLISHED = join(FIXTURES, 'published')
const dir = mkdtempSync(join(tmpdir(), 'recursive-'))
afterAll(() => rmSync(dir, { recursive: true }))

/** A project with the invented package in its `node_modules`. */
function project(name: string, config: object): string {
  const root = join(dir, name)
  const files = ['use.cjs', 'app.cjs', 'use.mjs', 'report.cjs', 'report.mjs']
  for (const file of files) cpSync(join(FIXTURES, file), join(root, file))
  cpSync(join(FIXTURES, 'packages/acme-sdk'), join(root, 'node_modules/@acme/sdk'), { recursive: true })
  cpSync(join(FIXTURES, 'packages/other-logger'), join(root, 'node_modules/other-logger'), {
    recursive: true,
  })
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'app', 'unify-logs': config }))
  return root
}

cpSync(join(ROOT, 'fixtures/observe.cjs'), join(dir, 'observe.cjs'))
const ACME = { patch: [{ package: '@acme/sdk', tag: 'ACME' }] }
const app = project('app', ACME)

/** What each call of a program and of the package must become. */
function expected(...files: readonly string[]) {
  return files.flatMap((file) =>
    expectations('@acme/sdk', join(app, file)).map((call) => ({
      ...call,
      module: file
        .replace('node_modules/', '')
        .replace(/\.\w+$/, '')
        .replaceAll('/', '.'),
    })),
  )
}

const CJS = expected(
  'use.cjs',
  ...['http', 'places', 'writer'].map((f) => `node_modules/@acme/sdk/cjs/${f}.js`),
)
const ESM = expected('use.mjs', 'node_modules/@acme/sdk/esm/index.mjs')

describe.each([
  ['app.cjs', CJS],
  ['use.mjs', ESM],
] as const)('an invented package with every nastiness: %s', (program, calls) => {
  const native = lazy(() => node([join(app, program)]))

  it.each(BACK_ENDS)('each native line is one record, and nothing else changes (%s)', async (hooks) => {
    const before = await native()
    const after = await unified(join(app, program), { UNIFY_LOGS_HOOKS: hooks })
    expect(tokens(before).length).toBeGreaterThan(10)
    expect({ ...after, stdout: '' }).toEqual({ ...before, stdout: '', stderr: '' })
    const told = records(after).map(({ msg }) => tokenOf(msg))
    expect(told.sort()).toEqual(tokens(before))
    expect(told).toEqual(calls.map(({ token }) => token).sort())
  })

  it.each(BACK_ENDS)('bound to the tag, with namespace, level, text and call site (%s)', async (hooks) => {
    const after = records(await unified(join(app, program), { UNIFY_LOGS_HOOKS: hooks }))
    for (const { token, source, namespace, level, module, fn, line } of calls) {
      const record = after.find(({ msg }) => tokenOf(msg) === token)
      expect([record.source, record.namespace, record.level], token).toEqual([
        source,
        namespace,
        LEVELS[level as LevelName],
      ])
      if (source !== '@acme/sdk') continue
      expect(record.module, token).toBe('ACME')
      expect(record.trace, token).toBe(`${module}:${fn}:${line}`)
      expect(record.msg, token).toMatch(new RegExp(`^${token}`))
    }
  })

  it.each(BACK_ENDS)('opted out it is byte-identical to native (%s)', async (hooks) => {
    const optOut = '@acme/sdk,console,process,stdout,stderr'
    const after = await unified(join(app, program), { UNIFY_LOGS_HOOKS: hooks, UNIFY_LOGS_OPT_OUT: optOut })
    expect(after).toEqual(await native())
  })
})

describe.each(BACK_ENDS)('the report (%s)', (hooks) => {
  async function report(program: string): Promise<readonly PatchFinding[]> {
    const { observed, stderr } = await node(
      ['--require', REGISTER, join(app, program), join(ROOT, 'dist/index.js')],
      { UNIFY_LOGS_HOOKS: hooks },
    )
    expect(stderr).toBe('')
    const said = observed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    for (const [what, value] of said) if (what === 'frozen') expect(value).toBe(true)
    return said.at(-1)[1]
  }
  const lines = (found: readonly PatchFinding[]): string[] =>
    found.map(({ file, path, kind, outcome, reason }) =>
      [file, path, kind, outcome, ...(reason ? [reason] : [])].join(' '),
    )

  it('of CommonJS', async () => {
    const found = await report('report.cjs')
    expect(new Set(found.map((each) => `${each.package}@${each.version}`))).toEqual(
      new Set(['@acme/sdk@1.2.3']),
    )
    expect(lines(found)).toEqual(
      expect.arrayContaining([
        'cjs/logger.js exports.logger logger patched',
        'cjs/factory.js exports.createLogger factory patched',
        'cjs/factory.js exports.registry.__proto__.getLogger factory patched',
        'cjs/batch.js exports.BatchLogger class patched',
        'cjs/batch.js exports.SecretLogger class skipped it has private static members',
        'cjs/places.js exports.loggers.get(queue) logger patched',
        'cjs/nasty.js exports.logger value skipped a getter',
        'cjs/nasty.js exports.hostile value skipped a Proxy',
        'cjs/nasty.js exports.revoked value skipped a Proxy',
        'cjs/nasty.js exports.frozenLog logger skipped frozen: info, warn, error',
        'cjs/nasty.js exports.constantLog logger skipped read-only: warn',
        'cjs/nasty.js exports.stream value skipped a stream',
        "cjs/nasty.js exports.other value skipped another package's",
        'cjs/nasty.js exports.bytes value skipped a bulk of data',
        'cjs/huge.js exports.near.log logger patched',
        expect.stringMatching(
          /^cjs\/huge.js exports.index.k\d+ value skipped the walk ends here, after 50000 objects$/,
        ),
      ]),
    )
    expect(lines(found).filter((line) => /redis|errors|native|decodeLog/.test(line))).toEqual([
      'cjs/index.js exports.decodeLog value skipped a getter',
    ])
  })

  it('of ES modules', async () => {
    const found = lines(await report('report.mjs'))
    const cannot = 'skipped exports of an ES module cannot be replaced:'
    expect(found).toEqual(
      expect.arrayContaining([
        'esm/logger.mjs exports.live logger patched',
        'esm/logger.mjs exports.services.map.get(queue) logger patched',
        'esm/cycle.mjs exports.log logger patched',
        'esm/cycle.mjs exports.answer value skipped answer is not defined',
        'esm/makers.mjs exports.factory.createLogger factory patched',
        `esm/makers.mjs exports.createLogger factory ${cannot} createLogger`,
        `esm/makers.mjs exports.BatchLogger class ${cannot} BatchLogger`,
      ]),
    )
  })
})

describe('configuration', () => {
  it('modules and levels know the package by its name', async () => {
    const root = project('policy', {
      ...ACME,
      modules: { DB: { match: ['@acme/sdk:core:db'] } },
      levels: { '@acme/sdk:made': 'error', 'package:@acme/sdk': 'off' },
    })
    const found = records(await unified(join(root, 'app.cjs')))
    const of = (token: string) => found.find(({ msg }) => tokenOf(msg) === token)
    expect(of('T01').module).toBe('ACME')
    expect(of('T06').module).toBe('DB')
    expect([of('T10'), of('T11').level]).toEqual([undefined, LEVELS.fatal])
    expect(of('T42')).toBeUndefined()
  })

  it('a package that was loaded before, linked, and has no version', async () => {
    const root = project('linked', ACME)
    const sdk = join(root, 'node_modules/@acme/sdk')
    const target = join(root, 'packages/sdk')
    cpSync(sdk, target, { recursive: true })
    cpSync(join(root, 'node_modules/other-logger'), join(target, 'node_modules/other-logger'), {
      recursive: true,
    })
    rmSync(sdk, { recursive: true })
    symlinkSync(target, sdk)
    writeFileSync(join(target, 'package.json'), '{"name":"@acme/sdk","main":"cjs/index.js"}')
    writeFileSync(
      join(root, 'late.cjs'),
      `const sdk = require('@acme/sdk')
       require(${JSON.stringify(REGISTER)})
       sdk.logger.warn('T01 late')
       sdk.http.log.error('T02 a closure made before')
       sdk.writer.masking.warn('T03 secret=1')`,
    )
    const run = await node([join(root, 'late.cjs')], { UNIFY_LOGS_FORMAT: 'json' })
    expect(run.stderr).toBe('')
    expect(records(run).map(({ source, module, msg }) => [source, module, msg])).toEqual([
      ['@acme/sdk', 'ACME', 'T01 late'],
      ['@acme/sdk', 'ACME', 'T02 a closure made before'],
      ['@acme/sdk', 'ACME', 'T03 secret=***'],
    ])
  })

  it('a logger that is known by name stays with its patcher', async () => {
    const root = project('known', { patch: ['debug', { package: 'debug', tag: 'D' }] })
    writeFileSync(join(root, 'known.cjs'), '')
    const run = await unified(join(root, 'known.cjs'))
    expect(run.stderr).toBe(
      'unify-logs: patch: debug is a logger that is known by name and stays so; "modules" gives its lines a tag\n',
    )
  })
})

/** The package whose private logger a program uses: the first one that it imports. */
function packageOf(program: string): string {
  const source = readFileSync(join(PUBLISHED, program), 'utf8')
  const specifier = /(?:require\(|from )'([^']+)'/.exec(source)?.[1] ?? ''
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

const programs = readdirSync(PUBLISHED).filter((file) => /\.[cm]js$/.test(file))

describe.each(programs.map((program) => [packageOf(program), program]))('%s', (name, program) => {
  const file = join(PUBLISHED, program)
  const config = join(dir, `${program}.json`)
  writeFileSync(config, JSON.stringify({ patch: [{ package: name, tag: 'TAG' }] }))
  const native = lazy(() => node([file]))

  it.each(BACK_ENDS)('its lines are records of the tag (%s)', async (hooks) => {
    const before = await native()
    const after = await unified(file, { UNIFY_LOGS_HOOKS: hooks, UNIFY_LOGS_CONFIG: config })
    const found = records(after)
    expect({ code: after.code, stderr: after.stderr }).toEqual({ code: before.code, stderr: '' })
    expect(found).toHaveLength(messages(before).length)
    expect(new Set(found.map(({ source, module }) => `${source} ${module}`))).toEqual(
      new Set([`${name} TAG`]),
    )

    const printed = tokens(before)
    const calls = expectations(name, file).filter(({ token }) => printed.includes(token))
    expect(printed).toEqual(calls.map(({ token }) => token).sort())
    for (const { token, namespace, level, fn, line } of calls) {
      const record = found.find(({ msg }) => tokenOf(msg) === token)
      expect([record.namespace, record.level], token).toEqual([namespace, LEVELS[level as LevelName]])
      if (fn === '*') expect(record.pkg, token).toMatch(`${name}@`)
      else expect(record.trace, token).toBe(`${basename(program).replace(/\.\w+$/, '')}:${fn}:${line}`)
    }
  })

  it.each(BACK_ENDS)('opted out it is as it is natively (%s)', async (hooks) => {
    const after = await unified(file, {
      UNIFY_LOGS_HOOKS: hooks,
      UNIFY_LOGS_CONFIG: config,
      UNIFY_LOGS_OPT_OUT: `${name},console,process,stdout,stderr`,
    })
    expect(normal(after)).toEqual(normal(await native()))
  })
})

function lazy<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}

function tokens({ stdout, stderr }: Run): string[] {
  const lines = stripVTControlCharacters(`${stdout}\n${stderr}`).split('\n')
  return [...new Set(lines.flatMap((line) => tokenOf(line) ?? []))].sort()
}

function tokenOf(text: string): string | undefined {
  return /\bT\d\d\b/.exec(text)?.[0]
}

/** The first line of each message. */
function messages({ stdout, stderr }: Run): string[] {
  const lines = stripVTControlCharacters(`${stdout}\n${stderr}`).split('\n')
  return lines.filter((line) => /^[^\s}\]]/.test(line))
}

/** What differs from run to run: times, process ids, message ids, Node's own frames. */
function normal({ stdout, stderr, code }: Run) {
  const same = (text: string): string =>
    text
      .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+Z?)?|\d\d:\d\d:\d\d\.\d+/g, 'TIME')
      .replace(/\n +at .*node:internal.*/g, '')
      .replace(/\b\d+(?=ms\b)|(?<=PID: |"pid":|"time":)\d+|[0-9a-f-]{36}/g, 'N')
  return { stdout: same(stdout), stderr: same(stderr), code }
}
