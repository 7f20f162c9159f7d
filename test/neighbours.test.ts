import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { packageOf } from '../src/core/packages'
import { backEnds, node, withoutPid } from './support/hooks'

const PRELOAD = join(__dirname, 'support/neighbours-preload.cjs')
const INSTALLED = join(__dirname, '../node_modules')
const dir = realpathSync(mkdtempSync(join(tmpdir(), 'neighbours-')))
afterAll(() => rmSync(dir, { recursive: true }))

/** The hooks of OpenTelemetry as npm installs them where versions do not meet: in copies of their own. */
const OWN_COPIES = [
  '@opentelemetry/instrumentation',
  '@opentelemetry/instrumentation-winston',
  'import-in-the-middle',
  'require-in-the-middle',
]

const LOGGERS = ['consola', 'debug', 'winston']

/** A project that has all our devDependencies, some of them in copies of their own. */
function project(name: string, copies: readonly string[]): string {
  const to = join(dir, name)
  cpSync(join(__dirname, '../fixtures/hooks/neighbours'), to, { recursive: true })
  const packages = readdirSync(INSTALLED).flatMap((entry) =>
    entry.startsWith('@') ? readdirSync(join(INSTALLED, entry)).map((inner) => `${entry}/${inner}`) : [entry],
  )
  for (const entry of packages) {
    const link = join(to, 'node_modules', entry)
    mkdirSync(dirname(link), { recursive: true })
    if (copies.includes(entry)) cpSync(join(INSTALLED, entry), link, { recursive: true })
    else symlinkSync(LOGGERS.includes(entry) ? newest(entry) : join(INSTALLED, entry), link)
  }
  return to
}

/** Folder of a logger's newest version: which one npm puts on top is its own choice. */
function newest(logger: string): string {
  const { resolve } = createRequire(join(__dirname, '../fixtures', logger, 'newest/package.json'))
  return packageOf(resolve(logger))?.dir as string
}

const shared = project('shared', [])
const apart = project('apart', OWN_COPIES)

const loaded = (program: string) => [
  /\.m.s$/.test(program) ? 'consola/dist/index.mjs' : 'consola/lib/index.cjs',
  'debug/src/common.js',
  'debug/src/index.js',
  'winston/lib/winston.js',
  'winston/lib/winston/logger.js',
]

interface Neighbour {
  readonly name: string
  readonly cwd: string
  readonly program: string
  readonly flags: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** What its own work prints, with and without us. */
  readonly prints: string
}

const datadog = {
  DD_LOGS_INJECTION: 'true',
  DD_SERVICE: 'a-service',
  DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
  DD_REMOTE_CONFIGURATION_ENABLED: 'false',
  DD_TRACE_STARTUP_LOGS: 'false',
}
// ts-node needs the compiler's JavaScript API, which TypeScript 7 has no more
const compiler = { TS_NODE_COMPILER: 'typescript5' }

const neighbours: readonly Neighbour[] = [
  ...['app.cjs', 'app.mjs'].flatMap((program) => [
    {
      name: 'OpenTelemetry',
      cwd: shared,
      program,
      flags: ['--import', './opentelemetry.mjs'],
      prints: 'wrapped: true',
    },
    {
      name: 'OpenTelemetry with copies of its own',
      cwd: apart,
      program,
      flags: ['--import', './opentelemetry.mjs'],
      prints: 'wrapped: true',
    },
    {
      name: 'Sentry',
      cwd: shared,
      program,
      flags: ['--import', './sentry.mjs'],
      prints: 'sentry: an error to report',
    },
  ]),
  {
    name: 'another copy of import-in-the-middle',
    cwd: apart,
    program: 'app.mjs',
    flags: ['--import', './import-in-the-middle.mjs'],
    prints: 'hooked: function',
  },
  {
    name: 'dd-trace',
    cwd: shared,
    program: 'app.cjs',
    flags: ['--require', 'dd-trace/init'],
    env: datadog,
    prints: '"dd":{"service":"a-service"}',
  },
  {
    name: 'dd-trace',
    cwd: shared,
    program: 'app.mjs',
    flags: ['--import', 'dd-trace/initialize.mjs'],
    env: datadog,
    prints: '"dd":{"service":"a-service"}',
  },
  { name: 'tsx', cwd: shared, program: 'app.ts', flags: ['--import', 'tsx'], prints: 'typed: 3' },
  { name: 'tsx', cwd: shared, program: 'app.mts', flags: ['--import', 'tsx'], prints: 'typed: 3' },
  {
    name: 'ts-node',
    cwd: shared,
    program: 'app.ts',
    flags: ['--require', 'ts-node/register'],
    env: compiler,
    prints: 'typed: 3',
  },
  {
    name: 'ts-node/esm',
    cwd: shared,
    program: 'app.mts',
    flags: ['--loader', 'ts-node/esm'],
    env: compiler,
    prints: 'typed: 3',
  },
]

let runs = 0

/** Runs the neighbour with our hooks, and tells what they were handed. */
async function beside({ cwd, program, env }: Neighbour, hooks: string, flags: readonly string[]) {
  const seen = join(dir, `seen-${runs++}.json`)
  const run = await node(cwd, [...flags, program], { ...env, TEST_HOOKS: hooks, TEST_SEEN: seen })
  const files: string[] = JSON.parse(readFileSync(seen, 'utf8'))
  return { ...run, err: withoutPid(run.err), files }
}

/** `debug/src/index.js` of its absolute path. */
function insidePackage(file: string): string {
  return file.slice(file.lastIndexOf('node_modules') + 'node_modules/'.length)
}

describe.concurrent.each(neighbours)('beside $name: $program', (neighbour) => {
  const native = node(neighbour.cwd, [...neighbour.flags, neighbour.program], neighbour.env)

  describe.each(backEnds)('%s', (hooks) => {
    test.each([
      ['before it', ['--require', PRELOAD, ...neighbour.flags]],
      [
        'after it',
        [...neighbour.flags, neighbour.flags[0] === '--require' ? '--require' : '--import', PRELOAD],
      ],
    ])('%s', async (_order, flags) => {
      const alone = await native
      expect(alone.out).toContain(neighbour.prints)
      const { files, ...run } = await beside(neighbour, hooks, flags)
      expect(run).toEqual({ ...alone, err: withoutPid(alone.err) })
      // A neighbour may load a copy of debug for itself
      expect(files).toEqual([...new Set(files)])
      expect([...new Set(files.map(insidePackage))].toSorted()).toEqual(loaded(neighbour.program))
    })
  })
})

describe.each(['opentelemetry', 'sentry'])('beside %s, which stands around loggers', (agent) => {
  test.each(backEnds)('the call site is the program (%s)', async (hooks) => {
    const flags = ['--import', `./${agent}.mjs`, '--require', join(__dirname, '../dist/register.js')]
    const env = { UNIFY_LOGS_HOOKS: hooks, UNIFY_LOGS_FORMAT: 'json' }
    const { out } = await node(shared, [...flags, 'caller.cjs'], env)
    const records = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const ordered = records.filter(({ msg }) => msg === 'ordered').map(({ source, trace }) => [source, trace])
    expect(ordered.toSorted()).toEqual([
      ['console', expect.stringMatching(/caller:order:7$/)],
      ['winston', expect.stringMatching(/caller:order:6$/)],
    ])
  })
})
