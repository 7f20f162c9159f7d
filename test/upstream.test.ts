// The libraries' own test suites, with and without the preload: what passes natively passes under it. Which packages
// ship theirs: pino every version, winston up to 2, loglevel up to 1.8, bunyan 1.0 (looked up in November 2026).
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { node, REGISTER, ROOT, type Run } from './support/run'

const UPSTREAM = join(ROOT, 'fixtures/upstream')
const VOWS = join(ROOT, 'node_modules/vows/bin/vows')

interface Suite {
  readonly name: string
  readonly package: string
  /** The package that ships the tests, where that is an older version. */
  readonly tests?: string
  /** @param folder a copy of the package */
  readonly run: (flags: readonly string[], folder: string) => Promise<readonly Run[]>
  /** Each test's name and whether it passed. */
  readonly results: (run: Run) => readonly (readonly [string, boolean])[]
  /** The least number of tests that have to pass natively: fewer, and the suite was not run. */
  readonly least: number
  /** Tests that assert the terminal's text itself, which is what the preload changes. */
  readonly text: readonly string[]
}

const lines = (text: string) => text.split('\n').filter((line) => line !== '')

const SUITES: readonly Suite[] = [
  {
    name: 'pino 10.4',
    package: 'pino-suite',
    run: async (flags, folder) => {
      // The tests of transports take minutes: `UPSTREAM=all` runs them as well. Those of browser.js are none of Node's.
      const folders = process.env.UPSTREAM === 'all' ? ['test', 'test/transport', 'test/esm'] : ['test']
      const files = folders
        .flatMap((path) => readdirSync(join(folder, path)).map((name) => join(path, name)))
        .filter((file) => /(?<!browser[\w-]*)\.test\.js$/.test(file))
      return [
        await node(
          ['--test', '--test-reporter=tap', ...files],
          // One test gives a worker so many reads of a file to start in.
          { NODE_OPTIONS: flags.join(' '), MAX_TEST_LOOP_ITERATION: '1000000' },
          folder,
        ),
      ]
    },
    results: ({ stdout }) =>
      [...stdout.matchAll(/^\s*(not )?ok \d+ - (.+)$/gm)].map(([, not, name = '']) => [
        name,
        not === undefined,
      ]),
    least: 400,
    text: ['asynchronous logging', 'sync false with child'],
  },
  {
    name: 'loglevel 1.8',
    package: 'loglevel-suite',
    run: async (flags, folder) => [await node([...flags, '../../loglevel.cjs'], {}, folder)],
    results: ({ observed }) => lines(observed).map((line) => JSON.parse(line)),
    least: 70,
    text: [],
  },
  {
    name: 'winston 2.4',
    package: 'winston-suite',
    // Those of files call what Node has no more.
    run: (flags, folder) =>
      Promise.all(
        ['console', 'http', 'memory'].map((name) =>
          node([...flags, VOWS, `test/transports/${name}-test.js`, '--json'], {}, folder),
        ),
      ),
    results: ({ stdout }) =>
      lines(stdout)
        .filter((line) => line.startsWith('{"0":"vow"'))
        .map((line) => {
          const { title, context, status } = JSON.parse(line)[1]
          return [`${context} ${title}`, status === 'honored']
        }),
    least: 50,
    text: [],
  },
  {
    name: 'bunyan 1.8',
    package: 'bunyan-library',
    tests: 'bunyan-suite',
    run: (flags, folder) =>
      Promise.all(
        readdirSync(join(folder, 'test'))
          // That of the command line is none of the library's.
          .filter((name) => /(?<!cli)\.test\.js$/.test(name))
          .map((name) => node([...flags, '../../nodeunit.cjs', join(folder, 'test', name)], {}, folder)),
      ),
    results: ({ observed }) => lines(observed).map((line) => JSON.parse(line)),
    least: 25,
    text: [],
  },
]

describe.each(SUITES)(
  'the test suite of $name',
  ({ package: name, tests = name, run, results, least, text }) => {
    const folder = join(UPSTREAM, 'suites', name)
    rmSync(folder, { recursive: true, force: true })
    for (const part of ['.', 'test']) {
      const from = join(ROOT, 'node_modules', part === 'test' ? tests : name, part)
      cpSync(from, join(folder, part), { recursive: true })
    }

    const all = async (flags: readonly string[]) => (await run(flags, folder)).flatMap(results).sort()

    // Some of the tests depend on time.
    it('passes as it does without the preload', { timeout: 600_000, retry: 2 }, async () => {
      const native = await all([])
      expect(native.filter(([, passed]) => passed).length).toBeGreaterThanOrEqual(least)
      const unified = await all(['--require', REGISTER])
      const expected = native.map(([test, passed]) => [test, passed && !text.includes(test)])
      expect(unified).toEqual(expected)
    })
  },
)

// Their packages ship no tests, whatever the version.
describe.each([
  ['debug', 'oldest'],
  ['debug', 'newest'],
  ['consola', '2'],
  ['consola', 'newest'],
  ['log4js', 'oldest'],
  ['log4js', 'newest'],
  ['morgan', 'oldest'],
  ['morgan', 'newest'],
  ['winston', '3.0'],
  ['winston', 'newest'],
])('a program that uses all of %s, %s', (name, version) => {
  it('sees the same with the preload', async () => {
    const program = [join(UPSTREAM, 'contract.cjs'), name, join(ROOT, 'fixtures', name, version)]
    const [native, unified] = await Promise.all([node(program), node(['--require', REGISTER, ...program])])
    expect(native.code).toBe(0)
    expect(lines(native.observed).length).toBeGreaterThan(70)
    expect(lines(unified.observed)).toEqual(lines(native.observed))
    expect(unified.code).toBe(0)
  })
})
