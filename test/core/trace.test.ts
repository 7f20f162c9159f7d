import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runInThisContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { modulePath } from '../../src/core/module-path'
import { createTracer } from '../../src/core/trace'

const require = createRequire(import.meta.url)
const fixture = resolve(import.meta.dirname, '../../fixtures/trace')
const tracer = resolve(import.meta.dirname, '../../dist/core/trace.js')
const tsc = join(dirname(require.resolve('typescript5/package.json')), 'lib/tsc.js')
const tsx = join(dirname(require.resolve('tsx/package.json')), 'dist')
const debug = dirname(require.resolve('debug/package.json'))

interface Printed {
  readonly trace: string
  readonly file?: string
  readonly pkg?: { readonly name: string; readonly version: string }
}

interface Options {
  readonly node?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
}

let place: string
let shop: string

beforeAll(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'trace-')))
  shop = project('shop')
})
afterAll(() => rmSync(place, { recursive: true, force: true }))

/** A copy of the fixture with its packages installed; `type` decides what a `.ts` file is. */
function project(name: string, type?: 'module'): string {
  const folder = join(place, name)
  cpSync(fixture, folder, { recursive: true })
  cpSync(join(fixture, 'packages'), join(folder, 'node_modules'), { recursive: true })
  cpSync(debug, join(folder, 'node_modules/debug'), { recursive: true })
  cpSync(dirname(require.resolve('ms/package.json')), join(folder, 'node_modules/ms'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'shop', version: '1.0.0', type }))
  return folder
}

/** What the logger of the fixture printed in a child process. */
function run(folder: string, program: string, { node = [], env = {} }: Options = {}): Printed[] {
  const child = spawnSync(
    process.execPath,
    ['--no-warnings', '--require', './node_modules/logger/index.cjs', ...node, ...(program ? [program] : [])],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, TRACER: tracer, ROOT: folder, ...env },
    },
  )
  expect(child.stderr).toBe('')
  expect(child.status).toBe(0)
  return child.stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

/** The traces that the comments `// => name` of a source ask for. */
function marked(folder: string, source: string, module: string): string[] {
  return readFileSync(join(folder, source), 'utf8')
    .split('\n')
    .flatMap((text, index) => {
      const names = /\/\/ => (.*)$/.exec(text)?.[1]?.split(', ') ?? []
      return names.map((name) => `${module}:${name}:${index + 1}`)
    })
}

function traces(printed: readonly Printed[]): string[] {
  return [...new Set(printed.map(({ trace }) => trace))].sort()
}

function expectMarks(printed: readonly Printed[], ...marks: readonly string[][]): void {
  const expected = [...new Set(marks.flat())].sort()
  expect(expected.length).toBeGreaterThan(0)
  expect(traces(printed)).toEqual(expected)
}

describe('the function and the line', () => {
  test.each([
    ['methods of classes', 'src/services/task-processor.cjs', 'src.services.task-processor'],
    ['functions that are no method of a class', 'src/functions.cjs', 'src.functions'],
    ['timers, ticks, promises and events', 'src/later.cjs', 'src.later'],
    ['an ES module, with and without a query', 'src/module.mjs', 'src.module'],
    ['eval and new Function, at their place', 'src/evals.cjs', 'src.evals'],
    ['bound copies, proxies, built-ins and WebAssembly', 'src/built-ins.cjs', 'src.built-ins'],
  ])('%s', (_, source, module) => {
    const printed = run(shop, source)
    expectMarks(printed, marked(shop, source, module))
    expect(new Set(printed.map(({ file }) => file))).toEqual(new Set([join(shop, source)]))
  })

  test('nobody, where Node itself is the caller', () => {
    const printed = run(shop, 'src/nobody.cjs')
    expect(printed.map(({ trace }) => trace)).toEqual(Array(5).fill('absent'))
  })

  test('code in no file', () => {
    const printed = [
      ...run(shop, '', { node: ['-e', 'where(); require("vm").runInThisContext("where()")'] }),
      ...run(shop, '', {
        node: ['--input-type=module', '-e', 'await import("data:text/javascript,where()")'],
      }),
      ...run(shop, '', {
        node: ['-e', `eval("where() //" + "# sourceURL=webpack-internal:///./src/api.js")`],
      }),
    ]
    expect(printed).toEqual([
      { trace: '[eval]:<module>:1' },
      { trace: 'evalmachine.<anonymous>:<module>:1' },
      { trace: 'data:<module>:1' },
      { trace: 'src.api:eval:1' },
    ])
  })

  test('statics whose class only a newer V8 tells', () => {
    const program = `class Shop { static get size() { where() } }
      function Till() {}
      Till.open = function open() { where() }
      Shop.size; Till.open()`
    const names =
      Number(process.versions.node.split('.')[0]) < 24 ? ['size', 'open'] : ['Shop.size', 'Till.open']
    const printed = run(shop, '', { node: ['-e', program] })
    expect(printed.map(({ trace }) => trace)).toEqual([`[eval]:${names[0]}:1`, `[eval]:${names[1]}:3`])
  })

  test('one object a call site, until there are more than we remember', () => {
    const { site } = createTracer(import.meta.dirname)
    const here = function here() {
      return site(here, [])
    }
    const at = () => here()
    const first = at()
    expect(at()).toBe(first)
    for (let n = 0; n < 2 ** 14; n++) runInThisContext('(f) => f()', { filename: `script-${n}` })(here)
    expect(at()).not.toBe(first)
    expect(at()).toEqual(first)
  })
})

describe('the module and the package', () => {
  const paint = 'node_modules/@acme/paint/lib/brush.js'

  test('a dependency from its name, with its version', () => {
    const printed = run(shop, 'src/dependencies.cjs')
    const inPaint = printed.filter(({ pkg }) => pkg?.name === '@acme/paint')
    expectMarks(inPaint, marked(shop, paint, '@acme.paint.lib.brush'))
    expect(inPaint[0]).toMatchObject({
      file: join(shop, paint),
      pkg: { name: '@acme/paint', version: '2.3.4' },
    })
    expect(printed.find(({ trace }) => trace.startsWith('plain.index:log'))?.pkg?.name).toBe('plain')
  })

  test('past the packages that are part of the logger', () => {
    const printed = run(shop, 'src/dependencies.cjs', { env: { FRAMES: 'plain' } })
    const source = 'src/dependencies.cjs'
    expectMarks(
      printed,
      marked(shop, source, 'src.dependencies'),
      marked(shop, paint, '@acme.paint.lib.brush'),
    )
    expect(printed.find(({ trace }) => trace.startsWith('src.'))).not.toHaveProperty('pkg')
  })

  test('past the frames of a real logger', () => {
    const env = { DEBUG: 'shop', FRAMES: 'debug' }
    expectMarks(run(shop, 'src/debugging.cjs', { env }), marked(shop, 'src/debugging.cjs', 'src.debugging'))
    const [inside] = run(shop, 'src/debugging.cjs', { env: { DEBUG: 'shop' } })
    expect(inside?.pkg?.name).toBe('debug')
    expect(inside?.trace).toMatch(/^debug\.src\.common:debug:\d+$/)
  })

  test('beside the project, from the name of the package there', () => {
    const root = project('elsewhere')
    const printed = run(shop, 'src/later.cjs', { env: { ROOT: root } })
    expectMarks(printed, marked(shop, 'src/later.cjs', 'shop.src.later'))
  })

  test.each([
    ['/srv/jobs/nightly.mjs', 'srv.jobs.nightly'],
    ['C:\\jobs\\nightly.ts', 'C.jobs.nightly'],
  ])('in no package, by its whole path: %s', (file, module) => {
    expect(modulePath(file, undefined, ['/app/'])).toBe(module)
  })

  test('below a link to the project', () => {
    const root = join(place, 'link')
    execFileSync('ln', ['-s', shop, root])
    expectMarks(
      run(shop, 'src/later.cjs', { env: { ROOT: root } }),
      marked(shop, 'src/later.cjs', 'src.later'),
    )
  })
})

describe('a host that does things to Error', () => {
  const source = 'src/services/task-processor.cjs'
  const expected = () => marked(shop, source, 'src.services.task-processor')

  test.each(['limit-zero', 'own-prepare', 'throwing-prepare', 'lying-prepare'])(
    '%s: seen past it, and left as it was',
    (host) => {
      expectMarks(run(shop, source, { node: ['--require', `./hosts/${host}.cjs`] }), expected())
    },
  )

  test.each([
    ['limit-fixed', ['--require', './hosts/limit-fixed.cjs']],
    ['throwing-setter', ['--require', './hosts/throwing-setter.cjs']],
    ['throwing-getter', ['--require', './hosts/throwing-getter.cjs']],
    ['frozen intrinsics', ['--frozen-intrinsics']],
  ])('%s: absent, and nothing is said', (_, node) => {
    expect(traces(run(shop, source, { node }))).toEqual(['absent'])
  })
})

describe('source maps', () => {
  const service = 'ts/services/task.service.ts'
  let modules: string
  beforeAll(() => {
    modules = project('modules', 'module')
  })

  const expected = (folder: string, main: string) => [
    ...marked(folder, main, 'ts.main'),
    ...marked(folder, service, 'ts.services.task.service'),
  ]
  const lines = (found: readonly string[]) => found.map((trace) => trace.replace(/:.*:/, ':')).sort()

  function compile(...options: string[]): void {
    const common = ['--rootDir', 'ts', '--outDir', 'out', '--module', 'nodenext', '--target', 'es2022']
    const ts = ['--allowImportingTsExtensions', '--rewriteRelativeImportExtensions', '--skipLibCheck']
    execFileSync(
      process.execPath,
      [tsc, 'ts/main.mts', ...common, ...ts, ...options.map((option) => option.replace('PROJECT', modules))],
      { cwd: modules },
    )
  }

  function bundle(main: string, ...options: string[]): void {
    const esbuild = require('esbuild') as typeof import('esbuild')
    const format = main.endsWith('.cts') ? 'cjs' : 'esm'
    esbuild.buildSync({
      absWorkingDir: modules,
      entryPoints: [main],
      outfile: `out/bundle.${format === 'esm' ? 'mjs' : 'cjs'}`,
      bundle: true,
      platform: 'node',
      format,
      keepNames: options.includes('names'),
      minify: options.includes('minify'),
      sourcemap: options.includes('inline') ? 'inline' : true,
    })
  }

  test.each([
    ['beside the file', ['--sourceMap']],
    ['inside the file', ['--inlineSourceMap']],
    ['with a source root', ['--sourceMap', '--sourceRoot', 'PROJECT/ts/']],
  ])('of tsc, %s', (_, options) => {
    compile(...options)
    const printed = run(modules, 'out/main.mjs')
    expectMarks(printed, expected(modules, 'ts/main.mts'))
    expect(printed.at(-1)?.file).toBe(join(modules, service))
  })

  test.each([['ts/main.mts'], ['ts/main.cts']])('of an esbuild bundle of %s', (main) => {
    bundle(main, 'names')
    const out = main.endsWith('.cts') ? 'out/bundle.cjs' : 'out/bundle.mjs'
    expectMarks(run(modules, out), expected(modules, main))
  })

  test('of a minified bundle: the line is right, names are the bundle’s', () => {
    bundle('ts/main.mts', 'minify', 'inline')
    const printed = run(modules, 'out/bundle.mjs')
    expect(lines(traces(printed))).toEqual(lines(expected(modules, 'ts/main.mts')))
  })

  test('of Node, with --enable-source-maps', () => {
    compile('--sourceMap')
    expectMarks(
      run(modules, 'out/main.mjs', { node: ['--enable-source-maps'] }),
      expected(modules, 'ts/main.mts'),
    )
  })

  test('of Node, which strips types', (context) => {
    context.skip(!process.features.typescript, 'this Node does not')
    expectMarks(run(modules, 'ts/main.mts'), expected(modules, 'ts/main.mts'))
    expectMarks(run(shop, 'ts/main.cts'), expected(shop, 'ts/main.cts'))
  })

  test('of tsx', () => {
    const loader = pathToFileURL(join(tsx, 'loader.mjs')).href
    expectMarks(run(modules, 'ts/main.mts', { node: ['--import', loader] }), expected(modules, 'ts/main.mts'))
    const node = ['--require', join(tsx, 'cjs/index.cjs')]
    expectMarks(run(shop, 'ts/main.cts', { node }), expected(shop, 'ts/main.cts'))
  })

  test('of ts-node, which keeps its maps to itself', () => {
    const env = {
      // ts-node 10 does not start on TypeScript 7
      TS_NODE_COMPILER: dirname(require.resolve('typescript5/package.json')),
      TS_NODE_TRANSPILE_ONLY: 'true',
      TS_NODE_COMPILER_OPTIONS: '{"module":"node16","moduleResolution":"node16","target":"es2022"}',
    }
    const node = ['--require', require.resolve('ts-node/register')]
    expectMarks(run(shop, 'ts/main.cts', { node, env }), expected(shop, 'ts/main.cts'))
  })

  test('with source-map-support installed', () => {
    compile('--sourceMap')
    const node = ['--require', require.resolve('source-map-support/register')]
    expectMarks(run(modules, 'out/main.mjs', { node }), expected(modules, 'ts/main.mts'))
  })
})

describe('a map by hand', () => {
  const CODE = 'where()\nwhere()\nwhere()\n'
  const map = (fields: object) => ({
    version: 3,
    sources: ['one.ts'],
    names: [],
    mappings: 'AAAA',
    ...fields,
  })

  function traced(comment: string, json?: object | string): string[] {
    writeFileSync(join(shop, 'src/mapped.cjs'), CODE + comment)
    const text = typeof json === 'string' ? json : JSON.stringify(json)
    if (text !== undefined) writeFileSync(join(shop, 'src/mapped.cjs.map'), text)
    return run(shop, 'src/mapped.cjs').map(({ trace }) => trace)
  }
  const LINK = '//# sourceMappingURL=mapped.cjs.map\n'
  const UNMAPPED = [1, 2, 3].map((line) => `src.mapped:<module>:${line}`)

  test('a line that the map does not know stays as it is', () => {
    const some = map({ mappings: 'AAUA;;AAAA' })
    expect(traced(LINK, some)).toEqual(['src.one:<module>:11', UNMAPPED[1], 'src.one:<module>:11'])
  })

  test('sections', () => {
    const section = (line: number, source: string) => ({
      offset: { line, column: 0 },
      map: map({ sources: [source], mappings: 'AAAA;AACA' }),
    })
    const sections = { version: 3, sections: [section(0, 'one.ts'), section(2, 'two.ts')] }
    expect(traced(LINK, sections)).toEqual(
      [1, 2].map((n) => `src.one:<module>:${n}`).concat('src.two:<module>:1'),
    )
  })

  test.each([
    ['webpack://shop/./lib/api/one.ts?a1b2', 'lib.api.one'],
    ['webpack:///./lib/api/one.tsx', 'lib.api.one'],
    ['../lib/task.service.mts', 'lib.task.service'],
    ['webpack://shop/./node_modules/@acme/paint/lib/brush.js', '@acme.paint.lib.brush'],
    ['webpack://shop/./node_modules/not-here/lib/index.js', 'not-here.lib.index'],
  ])('the source %s', (source, module) => {
    expect(traced(LINK, map({ sources: [source] }))[0]).toBe(`${module}:<module>:1`)
  })

  test.each([
    ['src/one.ts', 'plain.src.one'],
    ['../src/one.ts', 'plain.built'],
    ['webpack://plain/./src/one.ts', 'plain.built'],
  ])('of an installed package, the source %s', (source, module) => {
    const folder = join(shop, 'node_modules/plain')
    writeFileSync(join(folder, 'built.js'), `${CODE}//# sourceMappingURL=built.js.map\n`)
    writeFileSync(join(folder, 'built.js.map'), JSON.stringify(map({ sources: [source] })))
    const [printed] = run(shop, 'node_modules/plain/built.js')
    expect(printed).toMatchObject({ trace: `${module}:<module>:1`, pkg: { name: 'plain' } })
  })

  test.each([
    ['no JSON', LINK, 'nothing'],
    ['null', LINK, 'null'],
    ['no mappings', LINK, '{"version":3}'],
    ['no source', LINK, map({ sources: [] })],
    ['a map that is not there', '//# sourceMappingURL=nowhere.map\n', undefined],
    ['a map on a server', '//# sourceMappingURL=https://maps.example/mapped.cjs.map\n', undefined],
    ['a map that never ends', '//# sourceMappingURL=/dev/zero\n', undefined],
    ['broken inline data', '//# sourceMappingURL=data:application/json;base64,AAAA\n', undefined],
    ['a comment that is not the last line', `${LINK};void 0\n`, map({ mappings: 'AAUA;AAAA;AAAA' })],
  ])('%s: the position in the script', (_, comment, json) => {
    expect(traced(comment, json)).toEqual(UNMAPPED)
  })
})
