import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, describe, expect, test } from 'vitest'
import schema from '../../schema.json' with { type: 'json' }
import { type Mistake, shapeOf } from '../../src/core/checks'
import { checks } from '../../src/core/setting-checks'
import { defaults, type UserConfig } from '../../src/core/settings'
import { patchers } from '../../src/patchers'
import { node, ROOT } from '../support/run'

const LOGGERS = ['console', ...patchers.keys()]
const DEFAULTS = defaults(LOGGERS)
const CONFIG = JSON.stringify(join(ROOT, 'dist/core/config.js'))
const WORKERS = JSON.stringify(join(ROOT, 'dist/core/workers.js'))
const PROGRAM = `console.log(JSON.stringify(require(${CONFIG}).loadConfig(${JSON.stringify(LOGGERS)})))`

const home = realpathSync(mkdtempSync(join(tmpdir(), 'config-')))
let projects = 0
afterAll(() => rmSync(home, { recursive: true }))

/** Files by their path in a new folder that is no project of its own: `package.json` is a file like any other. */
function project(files: Record<string, unknown>): string {
  const dir = join(home, `p${projects++}`)
  for (const [name, content] of Object.entries({ 'app.cjs': PROGRAM, ...files })) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return dir
}

/** The configuration as a child process sees it, and what was said on stderr, by line. */
async function load(dir: string, { args = ['app.cjs'], env = {} as NodeJS.ProcessEnv, cwd = dir } = {}) {
  const { stdout, stderr, code } = await node(args, env, cwd)
  expect({ code, stderr }).toMatchObject({ code: 0 })
  const lines = stderr.split('\n').filter((line) => line !== '')
  return { config: JSON.parse(stdout), said: lines.map((line) => line.replaceAll(dir, '<root>')) }
}

const manifest = { 'package.json': {} }
/** Node's own type stripping, without a flag. */
const stripsTypes = process.features.typescript === 'strip'

describe('where the configuration is', () => {
  test('nowhere: the defaults, and silence', async () => {
    const dir = project(manifest)
    expect(await load(dir)).toEqual({ config: { ...DEFAULTS, root: dir }, said: [] })
  })

  test.each([
    ['unify-logs.config.json', { $schema: './node_modules/@x/unify-logs/schema.json', level: 'warn' }],
    ['unify-logs.config.json', '\uFEFF{"level":"warn"}'],
    ['unify-logs.config.cjs', 'module.exports = { level: "warn" }'],
    ['unify-logs.config.cjs', 'exports.__esModule = true; exports.default = { level: "warn" }'],
    ['unify-logs.config.js', 'module.exports = { level: "warn" }'],
    ['unify-logs.config.mjs', 'export default { level: "warn" }'],
    ['unify-logs.config.mjs', 'export const level = "warn"'],
    ['package.json', { 'unify-logs': { level: 'warn' } }],
    ...(stripsTypes ? [['unify-logs.config.ts', 'module.exports = { level: "warn" as string }']] : []),
  ])('%s: %j', async (file, content) => {
    const { config, said } = await load(project({ ...manifest, [file as string]: content }))
    expect(config).toMatchObject({ level: 'warn', format: 'auto' })
    expect(config).not.toHaveProperty('$schema')
    expect(said).toEqual([])
  })

  test('UNIFY_LOGS_CONFIG names the file, relative to the working directory', async () => {
    const dir = project({
      ...manifest,
      'unify-logs.config.json': { level: 'warn' },
      'etc/logs.json': { trace: 'off' },
    })
    const env = { UNIFY_LOGS_CONFIG: 'logs.json' }
    const { config } = await load(dir, { args: ['../app.cjs'], env, cwd: join(dir, 'etc') })
    expect(config).toMatchObject({ level: 'trace', trace: 'off', root: dir })
  })

  test.each([
    ['the entry file, wherever the process runs', ['<dir>/app/src/main.cjs'], '/', 'app'],
    ['an entry file without its ending', ['src/main'], 'app', 'app'],
    ['an entry that is a folder', ['.'], 'app', 'app'],
    ['the real path of a linked entry', ['<dir>/link.cjs'], '.', 'app'],
    ['an entry that is an ES module', ['src/main.mjs'], 'app', 'app'],
    [
      '--eval: the working directory, whatever its arguments',
      ['-e', PROGRAM, '<dir>/app/src/main.cjs'],
      '.',
      '.',
    ],
    ['an entry in a package of its own', ['app/packages/inner/main.cjs'], '.', 'app/packages/inner'],
    ['an entry in an installed package', ['node_modules/tool/main.cjs'], 'app', 'app/node_modules/tool'],
  ])('the project root: %s', async (_, args, cwd, root) => {
    const dir = project({
      ...manifest,
      'app/package.json': { main: 'src/main' },
      'app/src/main.cjs': PROGRAM,
      'app/src/main.js': PROGRAM,
      'app/src/main.mjs': `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); ${PROGRAM}`,
      'app/packages/inner/package.json': {},
      'app/packages/inner/main.cjs': PROGRAM,
      'app/node_modules/tool/package.json': {},
      'app/node_modules/tool/main.cjs': PROGRAM,
    })
    symlinkSync(join(dir, 'app/src/main.cjs'), join(dir, 'link.cjs'))
    const loaded = await load(dir, {
      args: args.map((arg) => arg.replace('<dir>', dir)),
      cwd: join(dir, cwd),
    })
    expect(loaded.config.root).toBe(join(dir, root))
  })

  test.each([
    ['what an installed package starts: the project of the named file', 'node_modules/tool/main.cjs', '.'],
    ['what the project starts: its own', 'packages/inner/main.cjs', 'packages/inner'],
  ])('with UNIFY_LOGS_CONFIG, the root of %s', async (_, entry, root) => {
    const inner = { 'packages/inner/package.json': {}, 'packages/inner/main.cjs': PROGRAM }
    const tool = { 'node_modules/tool/package.json': {}, 'node_modules/tool/main.cjs': PROGRAM }
    const dir = project({ ...manifest, ...tool, ...inner, 'config/logs.json': { level: 'warn' } })
    const env = { UNIFY_LOGS_CONFIG: 'config/logs.json' }
    const { config } = await load(dir, { args: [entry], env })
    expect([config.level, config.root]).toEqual(['warn', join(dir, root)])
  })

  test('no walk above the root, and none without a package.json', async () => {
    const above = { 'unify-logs.config.json': { level: 'warn' } }
    const inner = project({ ...manifest, ...above, 'inner/package.json': {}, 'inner/main.cjs': PROGRAM })
    expect((await load(inner, { args: ['inner/main.cjs'] })).config.level).toBe('trace')
    expect((await load(project(above))).config.level).toBe('trace')
  })

  test('a worker has the root of its process, whatever the working directory', async () => {
    const preload = `if (!require('node:worker_threads').isMainThread) { ${PROGRAM} } else require(${WORKERS}).tellWorkers(require(${CONFIG}).projectRoot(), () => undefined)`
    const main = `new (require('node:worker_threads').Worker)('', { eval: true, argv: ['x'] })`
    const dir = project({ ...manifest, 'preload.cjs': preload, 'main.cjs': main })
    const args = ['--require', join(dir, 'preload.cjs'), join(dir, 'main.cjs')]
    expect((await load(dir, { args, cwd: '/' })).config.root).toBe(dir)
  })
})

describe('the environment', () => {
  test('wins over the file', async () => {
    const dir = project({
      ...manifest,
      'unify-logs.config.json': {
        level: 'warn',
        optOut: ['debug:x'],
        destination: { target: 'x' },
        trace: 'warn',
      },
    })
    const { config, said } = await load(dir, {
      env: {
        UNIFY_LOGS_LEVEL: 'error',
        UNIFY_LOGS_FORMAT: 'text',
        UNIFY_LOGS_TRACE: '',
        UNIFY_LOGS_STDIO: 'both',
        UNIFY_LOGS_DESTINATION: './app.log',
        UNIFY_LOGS_HTTP: 'true',
        UNIFY_LOGS_HOOKS: 'middle',
        UNIFY_LOGS_OPT_OUT: 'winston, package:@acme/sdk,',
      },
    })
    expect(said).toEqual([])
    expect(config).toMatchObject({
      level: 'error',
      format: 'text',
      trace: 'warn',
      stdio: 'both',
      destination: './app.log',
      http: true,
      hooks: 'middle',
      optOut: ['winston:*', 'package:@acme/sdk'],
    })
  })

  test('UNIFY_LOGS_OPTOUT is accepted too', async () => {
    const { config } = await load(project(manifest), { env: { UNIFY_LOGS_OPTOUT: 'debug' } })
    expect(config.optOut).toEqual(['debug:*'])
  })

  test.each([
    [
      { UNIFY_LOGS_LEVEL: 'warning' },
      'UNIFY_LOGS_LEVEL: found "warning" (did you mean "warn"?); allowed: "trace", ',
    ],
    [
      { UNIFY_LOGS_DESTINATION: 'pino-pretty' },
      'UNIFY_LOGS_DESTINATION: found "pino-pretty"; allowed: "stdout", ',
    ],
    [
      { UNIFY_LOGS_DESTINATION: '{"target":"evil"}' },
      'UNIFY_LOGS_DESTINATION: found "{\\"target\\":\\"evil\\"}"; ',
    ],
    [
      { UNIFY_LOGS_OPT_OUT: 'logelvel' },
      'UNIFY_LOGS_OPT_OUT[0]: found "logelvel" (did you mean "loglevel"?); ',
    ],
    [
      { UNIFY_LOGS_FROMAT: 'json' },
      'UNIFY_LOGS_FROMAT: unknown variable (did you mean "UNIFY_LOGS_FORMAT"?); ',
    ],
    [
      { UNIFY_LOGS_HTTP: 'yes' },
      'UNIFY_LOGS_HTTP: found "yes"; allowed: true, false, or an object with header, ',
    ],
    [{ UNIFY_LOGS_MODULES: '{}' }, 'UNIFY_LOGS_MODULES: unknown variable; allowed: UNIFY_LOGS_CONFIG, '],
  ])('%j is said in one line and ignored', async (env, line) => {
    const dir = project(manifest)
    const { config, said } = await load(dir, { env })
    expect(said).toEqual([expect.stringContaining(`unify-logs: ${line}`)])
    expect(said[0]).toMatch(/; it is ignored$/)
    expect(config).toEqual({ ...DEFAULTS, root: dir })
  })
})

const PATTERNS = '"source:namespace" or "package:name", "*" for any text (sources: '

/** A wrong configuration, the line that is said, and what holds instead. */
const mistakes: readonly (readonly [config: unknown, line: string, holds: object])[] = [
  [{ formt: 'json' }, '"formt": unknown key (did you mean "format"?); allowed: $schema, patch, ', {}],
  [{ constructor: 1 }, '"constructor": unknown key; allowed: ', {}],
  [{ level: 'verbose' }, 'level: found "verbose"; allowed: "trace", "debug", ', { level: 'trace' }],
  [{ level: 30, trace: 'off' }, 'level: found 30; allowed: ', { level: 'trace', trace: 'off' }],
  [{ format: null }, 'format: found null; allowed: "auto", "text", "json"; the default is used', {}],
  [{ hooks: 'midle' }, 'hooks: found "midle" (did you mean "middle"?); ', {}],
  [{ stdio: true }, 'stdio: found true; allowed: "stderr", "both", "off"; the default is used', {}],
  [{ http: 'true' }, 'http: found "true"; allowed: true, false, or an object with header, ', { http: false }],
  [
    { http: { trustHeader: 'always', access: true } },
    'http.trustHeader: found "always"; allowed: true or false; it is ignored',
    { http: { access: true } },
  ],
  [{ http: { echo: 'x request' } }, 'http.echo: found "x request"; allowed: the name of a header; ', {}],
  [
    { http: { fields: ['method', 'rout'] } },
    'http.fields[1]: found "rout" (did you mean "route"?); ',
    { http: { fields: ['method'] } },
  ],
  [
    { http: { propagate: ['https://x'] } },
    'http.propagate[0]: found "https://x"; allowed: a host such as ',
    {},
  ],
  [{ optOut: 'debug' }, `optOut: found "debug"; allowed: an array of ${PATTERNS}`, { optOut: [] }],
  [
    { optOut: ['quuxer:x', 'debug:y'] },
    `optOut[0]: found "quuxer:x"; allowed: ${PATTERNS}`,
    { optOut: ['debug:y'] },
  ],
  [{ optOut: ['logelvel:x'] }, 'optOut[0]: found "logelvel:x" (did you mean "loglevel:x"?); allowed: ', {}],
  [{ optOut: ['pakage:x'] }, 'optOut[0]: found "pakage:x" (did you mean "package:x"?); allowed: ', {}],
  [{ optOut: ['src/**'] }, `optOut[0]: found "src/**"; allowed: ${PATTERNS}`, {}],
  [{ levels: ['debug'] }, 'levels: found an array; allowed: an object from ', {}],
  [
    { levels: { debug: 'of', 'winston:a': 'off' } },
    'levels["debug"]: found "of" (did you mean "off"?); ',
    { levels: { 'winston:a': 'off' } },
  ],
  [{ levels: { 'debg:x': 'info' } }, 'levels["debg:x"]: found "debg:x" (did you mean "debug:x"?); ', {}],
  [
    { modules: { API: { mtch: [] } } },
    'modules["API"]["mtch"]: unknown key (did you mean "match"?); allowed: match, fields; it is ignored',
    { modules: { API: {} } },
  ],
  [
    { modules: { API: { match: ['nest'] } } },
    'modules["API"].match[0]: found "nest"; allowed: "source:namespace" or "package:name", or a file glob',
    {},
  ],
  [{ modules: { API: { match: ['/etc/**'] } } }, 'modules["API"].match[0]: found "/etc/**"; ', {}],
  [
    { modules: { API: { fields: [1] } } },
    'modules["API"].fields[0]: found 1; allowed: a text; it is ignored',
    {},
  ],
  [
    { patch: ['winstn', 'debug'] },
    'patch[0]: found "winstn" (did you mean "winston"?); allowed: "console", ',
    { patch: ['debug'] },
  ],
  [{ patch: [{ package: 'x' }] }, 'patch[0]: found an object; allowed: ', { patch: [] }],
  [
    { redact: ['a..b', '*.c'] },
    'redact[0]: found "a..b"; allowed: a path such as "password"; it is ignored',
    { redact: ['*.c'] },
  ],
  [
    { redact: ['*[0]', 'a[*]'] },
    'redact[0]: found "*[0]"; allowed: a path such as "password"; it is ignored',
    { redact: ['a[*]'] },
  ],
  [
    { destination: 'stdot' },
    'destination: found "stdot" (did you mean "stdout"?); ',
    { destination: 'stdout' },
  ],
  [{ destination: { url: 'secret' } }, 'destination: found an object; allowed: ', { destination: 'stdout' }],
  [[], 'found an array; allowed: an object with $schema, patch, ', {}],
]

describe('a wrong configuration is said in one line, and the app runs', () => {
  test.each(mistakes)('%j', async (content, line, holds) => {
    const { config, said } = await load(project({ ...manifest, 'unify-logs.config.json': content }))
    expect(said).toEqual([expect.stringContaining(`unify-logs: <root>/unify-logs.config.json: ${line}`)])
    expect(said[0]).toMatch(/; (the default is used|it is ignored)$/)
    expect(config).toMatchObject(holds)
  })

  test('in package.json', async () => {
    const { said } = await load(project({ 'package.json': { 'unify-logs': { level: 1 } } }))
    expect(said).toEqual([
      expect.stringMatching(/^unify-logs: <root>\/package\.json "unify-logs": level: found 1; /),
    ])
  })

  test.each([
    ['unify-logs.config.json', '{\n "level"\n}', "cannot be read: Expected ':'"],
    [
      'unify-logs.config.cjs',
      'module.exports = {',
      'cannot be read: Unexpected end of input; the defaults are used',
    ],
    ['unify-logs.config.cjs', 'throw new Error("two\\nlines")', 'cannot be read: two; the defaults are used'],
    ['unify-logs.config.mjs', 'export default await {}', 'cannot be read: '],
  ])('%s cannot be read: %j', async (file, content, line) => {
    const dir = project({ ...manifest, [file]: content })
    const { config, said } = await load(dir)
    expect(said).toEqual([expect.stringContaining(`unify-logs: <root>/${file}: ${line}`)])
    expect(config).toEqual({ ...DEFAULTS, root: dir })
  })

  test('the file that UNIFY_LOGS_CONFIG names is not there', async () => {
    const dir = project({ ...manifest, 'unify-logs.config.json': { level: 'warn' } })
    const { config, said } = await load(dir, { env: { UNIFY_LOGS_CONFIG: 'none.json' } })
    expect(said).toEqual([expect.stringContaining('unify-logs: <root>/none.json: cannot be read: ENOENT')])
    expect(config.level).toBe('trace')
  })

  test('a getter that throws', async () => {
    const dir = project({
      ...manifest,
      'unify-logs.config.cjs': 'module.exports = { get level() { throw new Error("no") } }',
    })
    const { config, said } = await load(dir, { env: { UNIFY_LOGS_TRACE: 'off' } })
    expect(said).toEqual(['unify-logs: reading the configuration (the defaults are used) failed: no'])
    expect(config).toEqual({ ...DEFAULTS, trace: 'off', root: dir })
  })

  test('a package for the recursive patch, which is a source then', async () => {
    const patch = ['debug', { package: '@acme/sdk', tag: 'ACME' }]
    const levels = { '@acme/sdk:http': 'warn' }
    const { config, said } = await load(
      project({ ...manifest, 'unify-logs.config.json': { patch, levels } }),
      {
        env: { UNIFY_LOGS_OPT_OUT: '@acme/sdk:audit' },
      },
    )
    expect(said).toEqual([])
    expect(config).toMatchObject({ patch, levels, optOut: ['@acme/sdk:audit'] })
  })

  test('packages alone are added to the loggers', async () => {
    const patch = [{ package: '@acme/sdk', tag: 'ACME' }]
    const { config, said } = await load(project({ ...manifest, 'unify-logs.config.json': { patch } }))
    expect(said).toEqual([])
    expect(config.patch).toEqual([...DEFAULTS.patch, ...patch])
  })
})

describe('hostile input', () => {
  test('__proto__ is a key like any other', async () => {
    const pollution = '{"__proto__":{"level":"fatal"},"modules":{"__proto__":{"match":["debug"]}}}'
    const dir = project({
      ...manifest,
      'unify-logs.config.json': pollution,
      'app.cjs': `${PROGRAM}; if ({}.match || {}.level || {}.polluted) process.exit(9)`,
    })
    const { config, said } = await load(dir)
    expect(said).toEqual([expect.stringContaining('"__proto__": unknown key')])
    expect(Object.entries(config.modules)).toEqual([['__proto__', { match: ['debug:*'] }]])
    expect(config.level).toBe('trace')
  })

  test("the user's objects are neither changed nor frozen", async () => {
    const written =
      'const c = { patch: ["debug"], levels: { debug: "info" }, modules: { A: { match: ["debug"] } }, destination: { target: "x" } }'
    const dir = project({
      ...manifest,
      'unify-logs.config.cjs': `${written}; module.exports = c`,
      'app.cjs': `${PROGRAM}; ${written}
        const used = require('./unify-logs.config.cjs')
        require('node:assert').deepStrictEqual(used, c)
        for (const o of [used, ...Object.values(used), used.modules.A]) if (Object.isFrozen(o)) process.exit(9)`,
    })
    expect((await load(dir)).config).toMatchObject({
      levels: { 'debug:*': 'info' },
      modules: { A: { match: ['debug:*'] } },
    })
  })

  test('the result is frozen, inside too', async () => {
    const program = `const c = require(${CONFIG}).loadConfig([])
      console.log(JSON.stringify([c, ...Object.values(c), c.modules.A, c.modules.A.match].map((o) => Object.isFrozen(o))))`
    const dir = project({
      ...manifest,
      'unify-logs.config.json': { modules: { A: { match: ['src/**'] } }, destination: { target: 'x' } },
      'app.cjs': program,
    })
    expect((await load(dir)).config).not.toContain(false)
  })
})

test('a process without a configuration loads none of the checks', async () => {
  const files = `console.log(JSON.stringify(Object.keys(require.cache).map((file) => file.split(/[\\\\/]/).pop())))`
  const dir = project({ ...manifest, 'app.cjs': `require(${CONFIG}).loadConfig(['debug']); ${files}` })
  const { config: loaded } = await load(dir)
  expect(loaded).toContain('config.js')
  for (const file of ['given.js', 'checks.js', 'setting-checks.js', 'pattern.js'])
    expect(loaded).not.toContain(file)
})

describe('schema.json', () => {
  const accepts = new Ajv({ allErrors: true }).compile(schema)
  const keys = checks(LOGGERS)
  const properties: Record<string, { enum?: string[]; default?: unknown }> = schema.properties
  const mistakesIn = (config: unknown): Mistake[] => {
    const found: Mistake[] = []
    shapeOf<UserConfig>(keys).take(config, '', (mistake) => found.push(mistake))
    return found
  }

  test('has the keys and the defaults of the checks', () => {
    expect(Object.keys(properties)).toEqual(Object.keys(keys))
    const written = Object.entries(properties).filter(([key]) => key !== '$schema')
    // The schema does not name the loggers: a new one touches its own file and its row.
    const { patch, ...others } = DEFAULTS
    expect(
      JSON.parse(JSON.stringify(Object.fromEntries(written.map(([key, value]) => [key, value.default])))),
    ).toEqual(others)
  })

  test.each(Object.entries(keys).filter(([, { choices }]) => choices))(
    '%s: allows the same texts',
    (key, { choices }) => {
      for (const value of [...(choices ?? []), 'other', '', 1, null]) {
        const config = { [key]: value }
        expect([config, accepts(config)]).toEqual([config, mistakesIn(config).length === 0])
      }
      expect(properties[key]?.enum ?? schema.definitions.level.enum).toEqual(choices)
    },
  )

  test.each(mistakes.map(([config]) => config))('refuses what the checks refuse: %j', (config) => {
    expect(mistakesIn(config)).toHaveLength(1)
    // The schema does not know the names of the loggers, nor what becomes of a file glob in the wrong place.
    const pattern = /"(quuxer|logelvel|pakage|debg):|"winstn"|"src|"nest"|"\/etc/.test(JSON.stringify(config))
    expect(accepts(config)).toBe(pattern)
  })

  test.each<UserConfig>([
    {},
    DEFAULTS,
    { $schema: 'x', patch: ['debug', { package: '@acme/sdk', tag: 'ACME' }] },
    {
      optOut: [
        'debug:socket.io*',
        'winston:audit',
        'package:noisy-lib',
        'package:@a/b',
        'debug',
        '*:audit',
        'app',
      ],
    },
    { levels: { 'debug:express:*': 'info', 'package:kafkajs': 'warn', loglevel: 'off' } },
    {
      modules: {
        API: { match: ['src/api/**', 'debug:express:*', '*.ts', './x'], fields: ['userId', 'accountId'] },
        B: {},
      },
    },
    { redact: ['*.password', 'headers.authorization', 'a[0].b', 'a[*]', 'a["b-c"].d', "['x y']"] },
    { http: true },
    {
      http: {
        header: 'x-amzn-trace-id',
        trustHeader: true,
        fields: ['route'],
        access: true,
        echo: 'x-request-id',
        propagate: ['api.internal', '*.svc.local', '::1'],
      },
    },
    { destination: 'stderr' },
    { destination: 'logs/app.log' },
    { destination: { target: 'pino-pretty', options: {} } },
    { destination: { targets: [] } },
    { destination: { pipeline: [] } },
  ])('accepts what the checks accept: %j', (config) => {
    expect(mistakesIn(config)).toEqual([])
    expect([accepts(config), accepts.errors]).toEqual([true, null])
  })
})
