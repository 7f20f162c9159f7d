import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { buildSync } from 'esbuild'
import { afterAll, describe, expect, test } from 'vitest'
import { backEnds, node, PRELOAD, Project, withoutPid } from '../support/hooks'

const project = new Project()
const cache = mkdtempSync(join(tmpdir(), 'hooks-cache-'))
afterAll(() => {
  project.remove()
  rmSync(cache, { recursive: true })
})

const [major = 0] = process.versions.node.split('.').map(Number)
const once = ['1.0.0']
const complaints = {
  delta: 'unify-logs: patching index.js of delta@1.0.0 (its lines stay native) failed: the patch is wrong\n',
  epsilon: 'unify-logs: epsilon@9.0.0 stays native: the supported versions are <9\n',
}

/** A program, what it prints (the versions that each exports was marked with), and what we say on stderr. */
const programs: readonly (readonly [title: string, program: string, printed: unknown, said?: string])[] = [
  ['require of CommonJS, and of a sub-path', 'require.cjs', { mark: once, inner: once, other: [] }],
  ['createRequire in an ES module', 'create-require.mjs', { cjs: once, esm: once }],
  ['import of CommonJS, default and named', 'import-cjs.mjs', everywhere('1.0.0')],
  ['import of an ES module, and of a sub-path', 'import-esm.mjs', { mark: once, inner: once }],
  ['import() in CommonJS', 'import-dynamic.cjs', { cjs: once, esm: once }],
  ['import() by URL, with a query', 'import-by-url.mjs', { first: once, second: once, apart: true }],
  ['require of an ES module', 'require-esm.cjs', { mark: once, same: true }],
  ['both copies of a dual package', 'dual.mjs', { imported: once, required: once }],
  ['a cycle with top-level await', 'cycle.mjs', { mark: ['1.0.0-beta.2'], same: true }],
  ['a cycle of CommonJS, by require', 'cycle-cjs.cjs', { mark: once, back: once }],
  ['a cycle of CommonJS, by import', 'cycle-cjs.mjs', { mark: once, back: once }],
  ['two versions, by require', 'two-versions.cjs', { own: once, nested: ['0.9.0'] }],
  ['two versions, by import', 'two-versions.mjs', { own: once, nested: ['0.9.0'] }],
  ['an npm alias, by require', 'alias.cjs', { mark: ['1.1.0'] }],
  ['an npm alias, by import', 'alias.mjs', { mark: ['1.1.0'] }],
  ['a pnpm link, by require', 'pnpm/require.cjs', { mark: ['1.2.0'], inner: ['1.2.0'], other: [] }],
  ['a pnpm link, by import', 'pnpm/import-cjs.mjs', everywhere('1.2.0')],
  ['a workspace link, by require', 'workspace/require.cjs', { mark: ['1.3.0'], inner: ['1.3.0'], other: [] }],
  ['a workspace link, by import', 'workspace/import-cjs.mjs', everywhere('1.3.0')],
  ['a package that is no target', 'bystander.mjs', { level: 'debug', untouched: true, url: true }],
  ['a patch that throws, by require', 'failing.cjs', { mark: [], again: once }, complaints.delta],
  ['a patch that throws, by import', 'failing.mjs', { mark: [] }, complaints.delta],
  ['a version out of range, by require', 'out-of-range.cjs', { mark: [], again: [] }, complaints.epsilon],
  ['a version out of range, by import', 'out-of-range.mjs', { mark: [] }, complaints.epsilon],
]

/** Programs whose stack traces stay as they are; require-in-the-middle is a frame of each `require`. */
const crashes = {
  platform: ['throws.cjs', 'throws.mjs', 'throws-inside.cjs', 'misses.cjs', 'misses.mjs', 'misspelled.cjs'],
  middle: ['throws.cjs', 'misspelled.cjs'],
}

/** What import-cjs.mjs prints for a copy of that version. */
function everywhere(version: string) {
  return { default: [version], named: [version], inner: [version], other: [] }
}

/** Runs a program of the project with the hooks preloaded. */
async function run(hooks: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return node(project.dir, args, { TEST_HOOKS: hooks, ...env })
}

describe.concurrent.each(backEnds)('hooks: %s', (hooks) => {
  describe.each(['--require', '--import'])('%s', (flag) => {
    test.each(programs)('%s', async (_title, program, printed, said = '') => {
      const { out, err, code } = await run(hooks, [flag, PRELOAD, program])
      expect({ out: JSON.parse(out || 'null'), err, code }).toEqual({ out: printed, err: said, code: 0 })
    })

    test.each([
      ['in-worker.cjs', 'require.cjs', { mark: once, inner: once, other: [] }],
      ['in-worker.cjs', 'import-cjs.mjs', everywhere('1.0.0')],
      ['in-worker.cjs', 'import-esm.mjs', { mark: once, inner: once }],
      ['in-fork.cjs', 'require.cjs', { mark: once, inner: once, other: [] }],
      ['in-fork.cjs', 'import-cjs.mjs', everywhere('1.0.0')],
      ['in-fork.cjs', 'import-esm.mjs', { mark: once, inner: once }],
    ])('%s %s', async (parent, program, printed) => {
      const { out, err } = await run(hooks, [flag, PRELOAD, parent, program])
      expect({ out: JSON.parse(out || 'null'), err }).toEqual({ out: printed, err: '' })
    })

    test('what was loaded before is patched in place', async () => {
      project.write('before.cjs', "require('alpha')")
      const { out, err } = await run(hooks, [flag, './before.cjs', flag, PRELOAD, 'import-cjs.mjs'])
      expect({ out: JSON.parse(out), err }).toEqual({ out: everywhere('1.0.0'), err: '' })
    })

    // On Node 20 the loader thread does not see what a required ES module imports
    test.skipIf(major === 20)('an ES module that a required ES module imports', async () => {
      const { out, err } = await run(hooks, [flag, PRELOAD, 'require-esm-imports.cjs'])
      expect({ out: JSON.parse(out), err }).toEqual({ out: { mark: once }, err: '' })
    })
  })

  test('the preload by NODE_OPTIONS, and twice', async () => {
    const { out, err } = await run(hooks, ['--require', PRELOAD, 'import-cjs.mjs'], {
      NODE_OPTIONS: `--require ${PRELOAD}`,
    })
    expect({ out: JSON.parse(out), err }).toEqual({ out: everywhere('1.0.0'), err: '' })
  })

  test('a live binding of a target', async () => {
    const { out, err } = await run(hooks, ['--require', PRELOAD, 'live-binding.mjs'])
    // import-in-the-middle copies the values of what it wraps
    const level = hooks === 'platform' ? 'debug' : 'info'
    expect({ out: JSON.parse(out), err }).toEqual({ out: { level, $unifyLogs: 'mine' }, err: '' })
  })

  test.each(crashes[hooks])('%s crashes as it does natively', async (program) => {
    const native = await node(project.dir, [program])
    expect(native.code).toBe(1)
    expect(await run(hooks, ['--require', PRELOAD, program])).toEqual(native)
  })

  test('a program that starts the loader thread, which preloads again', async () => {
    const native = await node(project.dir, ['loader-thread.mjs'])
    const { out, err, code } = await run(hooks, ['--require', PRELOAD, 'loader-thread.mjs'])
    expect(JSON.parse(out)).toEqual({ cjs: once, esm: once })
    expect({ err: withoutPid(err), code }).toEqual({ err: withoutPid(native.err), code: 0 })
  })

  test('what is bundled or compiled by the program itself is not seen', async () => {
    buildSync({
      entryPoints: [join(project.dir, 'import-cjs.mjs')],
      outfile: join(project.dir, `bundle-${hooks}.cjs`),
      bundle: true,
      platform: 'node',
    })
    const bundled = await run(hooks, ['--require', PRELOAD, `bundle-${hooks}.cjs`])
    expect(JSON.parse(bundled.out)).toEqual({ default: [], named: [], inner: [], other: [] })
    const compiled = await run(hooks, ['--require', PRELOAD, 'in-vm.cjs'])
    expect(JSON.parse(compiled.out)).toEqual({ mark: [] })
  })

  test('an ES module that was imported before', async () => {
    project.write('before.mjs', "import 'beta'")
    const { out, err } = await run(hooks, ['--import', './before.mjs', '--import', PRELOAD, 'import-esm.mjs'])
    // import-in-the-middle wraps it for the next importer; Node does not load it again
    const mark = hooks === 'platform' ? [] : once
    expect({ out: JSON.parse(out), err }).toEqual({ out: { mark, inner: once }, err: '' })
  })

  test('no new global that a program can list', async () => {
    const native = await node(project.dir, ['globals.cjs'])
    expect((await run(hooks, ['--require', PRELOAD, 'globals.cjs'])).out).toBe(native.out)
  })

  test('the other back-end is not loaded', async () => {
    const { out } = await run(hooks, [
      '--require',
      PRELOAD,
      '--print',
      'JSON.stringify(Object.keys(require.cache))',
    ])
    const names = (JSON.parse(out) as string[]).map((file) => file.replaceAll('\\', '/'))
    const loaded = (part: string) => names.some((name) => name.includes(part))
    expect(loaded('/hooks/middle.js')).toBe(hooks === 'middle')
    expect(loaded('-in-the-middle/')).toBe(hooks === 'middle')
  })

  test('--eval and --print find builtins', async () => {
    const { out, err } = await run(hooks, [
      '--require',
      PRELOAD,
      '--print',
      "require('path').sep + process.exitCode",
    ])
    expect({ out, err }).toEqual({ out: `${sep}undefined`, err: '' })
  })

  // The loader thread must know the files of all rows
  test.skipIf(backEnds.length === 1)('a row is loaded when its package is first seen', async () => {
    const print = "require('alpha') && globalThis[Symbol.for('rows')].join()"
    expect((await run(hooks, ['--require', PRELOAD, '--print', print])).out).toBe('alpha')
  })

  test('what a program can notice of import-in-the-middle and require-in-the-middle', async () => {
    const url = ['--input-type=module', '--eval', "console.log(import.meta.resolve('beta'))"]
    const resolved = await run(hooks, ['--require', PRELOAD, ...url])
    expect(resolved.out.endsWith('?iitm=true')).toBe(hooks === 'middle')
    const crash = await run(hooks, ['--require', PRELOAD, 'throws-inside.cjs'])
    expect(crash.err.includes('require-in-the-middle')).toBe(hooks === 'middle')
  })

  test('DEBUG=* prints nothing of ours', async () => {
    const { err } = await run(hooks, ['--require', PRELOAD, 'import-cjs.mjs'], { DEBUG: '*' })
    expect(err).toBe('')
  })

  test('debug still reads a DEBUG that the program sets', async () => {
    const { out } = await run(hooks, ['--require', PRELOAD, 'late-debug.cjs'])
    expect(JSON.parse(out)).toEqual({ enabled: true })
  })

  test.skipIf(major === 20)('a compile cache filled without us, and then with us', async () => {
    const env = { NODE_COMPILE_CACHE: join(cache, hooks) }
    const native = await node(project.dir, ['import-esm.mjs'], env)
    const first = await run(hooks, ['--require', PRELOAD, 'import-esm.mjs'], env)
    const second = await run(hooks, ['--require', PRELOAD, 'import-esm.mjs'], env)
    const again = await node(project.dir, ['import-esm.mjs'], env)
    const untouched = JSON.stringify({ mark: [], inner: [] })
    const patched = JSON.stringify({ mark: once, inner: once })
    expect([native.out, first.out, second.out, again.out]).toEqual([untouched, patched, patched, untouched])
  })
})

test('the loader thread is told from the main thread and from workers', async () => {
  const hooks = JSON.stringify(join(__dirname, '../../dist/core/hooks/index.js'))
  project.write('tell.cjs', `require('fs').writeSync(2, require(${hooks}).inLoaderThread() + ' ')`)
  const loader = await node(project.dir, ['--no-deprecation', '--require', './tell.cjs', 'loader-thread.mjs'])
  const worker = await node(project.dir, ['--require', './tell.cjs', 'in-worker.cjs', 'require.cjs'])
  expect([loader.err, worker.err]).toEqual(['false true ', 'false false '])
})

test('auto takes Node’s own hooks where they are sound', async () => {
  const { out } = await run('auto', ['--require', PRELOAD, '--print', 'Object.keys(require.cache).join()'])
  expect(out.includes('middle.js')).toBe(backEnds.length < 2)
})

test.skipIf(backEnds.length === 2)(
  'platform on a Node without sound hooks is said, and middle is used',
  async () => {
    const { out, err } = await run('platform', ['--require', PRELOAD, 'import-cjs.mjs'])
    expect(JSON.parse(out)).toEqual(everywhere('1.0.0'))
    expect(err).toBe(
      'unify-logs: hooks "platform" needs Node 22.22.3, 24.11.1, 25.1 or 26 (or a later one of these lines), ' +
        `this is ${process.version}: "middle" is used instead\n`,
    )
  },
)
