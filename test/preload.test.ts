import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { soundPlatform } from '../src/core/hooks/versions'
import { newest } from './support/newest'
import { BARE, IDENTITY, node, ROOT, type Run, records } from './support/run'

/** A project with the package installed, and a folder from which no package is found. */
const dir = realpathSync(mkdtempSync(join(tmpdir(), 'preload-')))
const project = join(dir, 'project')
const elsewhere = join(dir, 'elsewhere')
cpSync(join(ROOT, 'fixtures/preload'), project, { recursive: true })
mkdirSync(join(project, 'node_modules/@x'), { recursive: true })
mkdirSync(elsewhere)
symlinkSync(ROOT, join(project, 'node_modules/@x/unify-logs'))
for (const logger of ['consola', 'debug', 'loglevel', 'winston']) {
  symlinkSync(newest(logger), join(project, 'node_modules', logger))
}
writeFileSync(join(project, 'package.json'), '{}')
writeFileSync(join(project, 'wrong.cjs'), 'console.log(')
afterAll(() => rmSync(dir, { recursive: true }))

/** Runs in the project. */
const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => node(args, env, project)
const lines = (run: Run) => records(run).map(({ level, msg }) => [level, msg])
const ONE_TWO = [
  [30, 'one'],
  [50, 'two'],
]

/** How a preload may be named. */
const WAYS: Record<string, [flags: string[], env: NodeJS.ProcessEnv]> = {
  '--require': [['--require', BARE], {}],
  '-r': [['-r', BARE], {}],
  '--require=': [[`--require=${BARE}`], {}],
  '--import': [['--import', BARE], {}],
  '--import=': [[`--import=${BARE}`], {}],
  'NODE_OPTIONS --require': [[], { NODE_OPTIONS: `--require ${BARE}` }],
  'NODE_OPTIONS --import=': [[], { NODE_OPTIONS: `--no-warnings --import=${BARE}` }],
}

describe.each(Object.entries(WAYS))('%s', (_way, [flags, env]) => {
  it.each(['lines.cjs', 'lines.mjs', 'first-line.cjs', 'first-line.mjs'])(
    '%s: one record a line',
    async (program) => {
      const after = await run([...flags, program], env)
      expect([after.stderr, after.code, lines(after)]).toEqual(['', 0, ONE_TWO])
    },
  )

  it('changes nothing of a program that logs nothing', async () => {
    // `--import` by itself adds a listener for `exit` on some Nodes
    const empty = (word: string) => word.replace(BARE, './empty.cjs')
    const native = await run(['--require', IDENTITY, ...flags.map(empty), 'quiet.cjs'], {
      NODE_OPTIONS: empty(env.NODE_OPTIONS ?? ''),
    })
    const after = await run([...flags, 'quiet.cjs'], env)
    const [expected, observed] = [native, after].map(({ observed }) => JSON.parse(observed))
    expect(expected.flags.length).toBe(2)
    // On other Nodes `module.register` of import-in-the-middle starts a thread, to whose output Node listens.
    if (soundPlatform()) expect(observed).toEqual(expected)
    else expect([observed.streams, observed.listeners]).toEqual([expected.streams, expected.listeners])
    expect([after.stdout, after.stderr, after.code]).toEqual(['', '', 0])
  })
})

describe('as the first line of a program', () => {
  it.each(['first-line.cjs', 'first-line.mjs'])('%s', async (program) => {
    const after = await run([program])
    expect([after.stderr, after.code, lines(after)]).toEqual(['', 0, ONE_TWO])
  })
})

describe('what the process starts', () => {
  // By the thread that runs it, how often `lines` is run.
  const programs: [string, number][] = [
    ['worker.cjs', 2],
    ['worker-eval.cjs', 1],
    ['worker.mjs', 2],
    ['fork.cjs', 2],
    ['cluster.cjs', 2],
    ['exec.cjs', 1],
  ]
  const inherited = Object.entries(WAYS).filter(
    ([way]) => way.startsWith('NODE_OPTIONS') || /^--[ri]\w+$/.test(way),
  )

  describe.each(inherited)('%s', (_way, [flags, env]) => {
    // Node gives the code of an eval worker no `--import`.
    const imported = `${flags}${env.NODE_OPTIONS}`.includes('--import')
    const able = programs.filter(([program]) => !(imported && program === 'worker-eval.cjs'))

    it.each(able)('%s, from the project and from elsewhere', async (program, times) => {
      // `execFile` hands no flags on
      if (program === 'exec.cjs' && flags.length > 0) {
        const after = await run([...flags, program, '--'], { ...env, UNIFY_LOGS_STDIO: 'off' })
        return expect([after.stdout, after.stderr]).toEqual(['one\n', 'two\n'])
      }
      for (const folder of [[], [elsewhere]]) {
        const after = await run([...flags, program, '--', ...folder], env)
        expect([after.stderr, after.code]).toEqual(['', 0])
        expect(lines(after).toSorted()).toEqual(
          Array.from({ length: times }, () => ONE_TWO)
            .flat()
            .toSorted(),
        )
      }
    })
  })

  it('what a parent reads of its worker stays the parent’s', async () => {
    const [native, after] = await Promise.all([
      run(['captured.cjs']),
      run(['--require', BARE, 'captured.cjs']),
    ])
    expect(JSON.parse(native.observed)).toEqual(['one\ninner\n', 'two\n', 'one\n', true])
    expect(after.observed).toBe(native.observed)
    expect([after.stderr, lines(after)]).toEqual(['', [[50, 'two']]])
  })

  it('worker threads keep flags that hold for the whole process', async () => {
    const flags = ['--expose-gc', '--stack-trace-limit=20', '--conditions=own', '--require', BARE]
    const after = await run([...flags, 'worker.mjs', '--', elsewhere])
    expect([after.stderr, lines(after)]).toEqual(['', [...ONE_TWO, ...ONE_TWO]])
  })
})

describe('commands that speak to who has called them stay as they are', () => {
  const NPM = realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim())
  const bin = (name: string) => join(ROOT, 'node_modules/.bin', name)
  const steady = ({ stdout, stderr, code }: Run) => [stdout, stderr.replace(/\S+-debug-0\.log/, 'LOG'), code]

  it.each([
    ['npm, which fails', NPM, 'run', 'nothing'],
    ['npx', NPM.replace('npm-cli', 'npx-cli'), '--version'],
    ['mocha', bin('mocha'), '--version'],
    ['vitest', bin('vitest'), '--version'],
  ])('%s', async (_name, ...args) => {
    const native = await run(args)
    expect(native.stdout + native.stderr).not.toBe('')
    for (const NODE_OPTIONS of [`--require ${BARE}`, `--import ${BARE}`])
      expect(steady(await run(args, { NODE_OPTIONS }))).toEqual(steady(native))
  })

  it('what npm starts is no such command', async () => {
    writeFileSync(join(project, 'package.json'), JSON.stringify({ scripts: { start: 'node lines.cjs' } }))
    const after = await run([NPM, 'start', '--silent'], { NODE_OPTIONS: `--require ${BARE}` })
    writeFileSync(join(project, 'package.json'), '{}')
    expect([after.stderr, after.code, lines(after)]).toEqual(['', 0, ONE_TWO])
  })

  it('a program that loads us itself is asked for', async () => {
    const folder = join(project, 'node_modules/mocha')
    cpSync(join(project, 'first-line.cjs'), join(folder, 'first-line.cjs'))
    cpSync(join(project, 'lines.cjs'), join(folder, 'lines.cjs'))
    const after = await run([join(folder, 'first-line.cjs')])
    expect([after.stderr, after.code, lines(after)]).toEqual(['', 0, ONE_TWO])
  })
})

describe('UNIFY_LOGS=off', () => {
  const off = { UNIFY_LOGS: 'off' }

  it.each([
    ...['lines.cjs', 'lines.mjs', 'first-line.cjs', 'first-line.mjs', 'worker.cjs', 'fork.cjs', 'quiet.cjs'],
  ])('%s is as without', async (program) => {
    for (const flag of ['--require', '--import']) {
      const native = await run([flag, './empty.cjs', program.replace('first-line', 'lines')])
      expect(await run([flag, BARE, program], off)).toEqual(native)
    }
  })

  it('loads nothing of ours but the preload', async () => {
    const loaded = async (env: NodeJS.ProcessEnv) =>
      JSON.parse((await run(['--require', BARE, 'modules.cjs'], env)).stdout)
    expect(await loaded(off)).toEqual(['register.js'])
    expect((await loaded({})).length).toBeGreaterThan(1)
  })
})

it('pino is not loaded before the first record', async () => {
  const after = await run(['--require', BARE, 'modules.cjs'])
  expect(
    JSON.parse(after.stdout).filter((file: string) => !file.startsWith('patchers') && file.includes('pino')),
  ).toEqual([])
})

describe('where nothing is logged, nothing changes', () => {
  const cases: Record<string, string[]> = {
    'loggers that are silent': ['silent.cjs'],
    '--eval': ['--eval', 'process.exitCode = 3'],
    '--print': ['--print', '1 + 1'],
    '--check': ['--check', 'lines.cjs'],
    '--check of wrong syntax': ['--check', 'wrong.cjs'],
    '--version': ['--version'],
    'stdin is empty': ['-'],
    'raw output': ['--eval', 'process.stdout.write("payload\\n"); process.stdout.end()'],
    '--print of what throws': ['--print', 'console.error("why"); throw 1'],
    'a pending top-level await': ['--input-type=module', '--eval', 'await new Promise(() => undefined)'],
  }
  it.each(Object.entries(cases))('%s', async (_name, args) => {
    for (const flag of ['--require', '--import']) {
      const native = await run([flag, './empty.cjs', ...args])
      expect(timeless(await run([flag, BARE, ...args]))).toEqual(timeless(native))
    }
  })

  it('--test', async () => {
    const flags = ['--test', '--test-reporter=tap', 'some.test.cjs']
    const [native, after] = await Promise.all([run(flags), run(['--require', BARE, ...flags])])
    const steady = ({ stdout }: Run) => stdout.replace(/duration_ms.*/g, '')
    expect(steady(after)).toEqual(steady(native))
    expect([after.stderr, after.code]).toEqual([native.stderr, native.code])
  })
})

describe('a pino transport as destination', () => {
  it.each(['--require', 'NODE_OPTIONS'])('gets every line and starts one thread: %s', async (way) => {
    const file = join(dir, `transport-${way}.log`)
    const config = join(dir, 'transport.json')
    const destination = { target: 'pino/file', options: { destination: file } }
    writeFileSync(config, JSON.stringify({ destination }))
    const env = {
      UNIFY_LOGS_CONFIG: config,
      ...(way === 'NODE_OPTIONS' && { NODE_OPTIONS: `--require ${BARE}` }),
    }
    const after = await run([...(way === '--require' ? [way, BARE] : []), 'pino-transport.cjs'], env)
    expect([after.stdout, after.stderr, after.code]).toEqual(['', '', 0])
    const expected = Array.from({ length: 500 }, (_, i) => `line ${i}`)
    expect(records({ stdout: readFileSync(file, 'utf8') }).map(({ msg }) => msg)).toEqual(expected)
    expect(Number(after.observed)).toBeLessThan(20)
  })
})

/** Without what differs between any two runs. */
function timeless({ stdout, stderr, code, signal, observed }: Run): Run {
  const without = (text: string) => text.replace(/\(node:\d+\)/g, '(node)')
  return { stdout: without(stdout), stderr: without(stderr), code, signal, observed }
}
