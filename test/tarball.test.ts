import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { APPS, apps, expectUnified, runApp, runNative } from './support/apps'
import { node, ROOT, type Run } from './support/run'

const PRELOADS = [
  { how: '--require', flags: ['--require', '@x/unify-logs/register'], env: {} },
  { how: '--import', flags: ['--import', '@x/unify-logs/register'], env: {} },
  { how: 'NODE_OPTIONS', flags: [], env: { NODE_OPTIONS: '--require @x/unify-logs/register' } },
]

/** An empty folder, in which the tarball and the applications' own dependencies are installed. */
const project = realpathSync(mkdtempSync(join(tmpdir(), 'tarball-')))
const installed = join(project, 'node_modules/@x/unify-logs')

beforeAll(async () => {
  // Without scripts: the build is done, and other tests are using it.
  await npm('pack', '--ignore-scripts', '--pack-destination', project)
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz')) as string
  const flags = ['--prefix', project, '--prefer-offline', '--no-audit', '--no-fund']
  await npm('install', ...flags, join(project, tarball), ...dependencies())
  cpSync(APPS, join(project, 'apps'), {
    recursive: true,
    filter: (path) => basename(path) !== 'node_modules',
  })
}, 300_000)

afterAll(() => rmSync(project, { recursive: true, force: true }))

describe('the tarball', () => {
  const files = () =>
    readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter((found) => found.isFile())
      .map(({ parentPath, name }) => relative(installed, join(parentPath, name)).replaceAll('\\', '/'))
      .filter((path) => !path.startsWith('node_modules/'))

  it('holds the build, its documents and nothing else', () => {
    const documents = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', 'schema.json']
    expect(
      files()
        .filter((path) => !path.startsWith('dist/'))
        .sort(),
    ).toEqual(documents)
  })

  it('holds a file for each source, one of those that a line loads, and the types that the interface names', () => {
    const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    const built = sources
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => /(?<!\.d)\.m?ts$/.test(path))
      .flatMap((path) => [
        path.replace(/ts$/, 'js'),
        ...(/^(patchers|core\/hooks)\//.test(path) ? [] : [path.replace(/(m?)ts$/, 'd.$1ts')]),
      ])
    expect(
      files()
        .filter((path) => path.startsWith('dist/'))
        .sort(),
    ).toEqual([...built, 'line.js'].map((path) => `dist/${path}`).sort())
  })

  it('points at no source map that is not there', () => {
    for (const path of files().filter((path) => /\.m?js$/.test(path))) {
      expect(readFileSync(join(installed, path), 'utf8'), path).not.toMatch(/^\/\/[#@] sourceMappingURL=/m)
    }
  })

  it('is small', () => {
    const bytes = files().reduce((sum, path) => sum + statSync(join(installed, path)).size, 0)
    expect(bytes).toBeLessThan(650_000)
  })

  it('has named exports for ES modules', async () => {
    const text = `import { context, defineConfig, flush, getLogger } from '@x/unify-logs'
      import { parse, parseStream } from '@x/unify-logs/parse'
      process.stdout.write([context, defineConfig, flush, getLogger, parse, parseStream].map((name) => typeof name).join())`
    writeFileSync(join(project, 'names.mjs'), text)
    const { stdout, stderr } = await node(['names.mjs'], {}, project)
    expect([stdout, stderr]).toEqual(['object,function,function,function,function,function', ''])
  })

  it('has types that need no others, for CommonJS and ES modules', async () => {
    const text = `import { context, defineConfig, flush, getLogger, type Logger, type LogRecord } from '@x/unify-logs'
      import { parse, type Parsed } from '@x/unify-logs/parse'
      import '@x/unify-logs/register'
      export const found: Parsed[] = parse('')
      const log: Logger = getLogger('API').bind({ port: 1 })
      const seen: number = context.run({ interactionId: 'i' }, () => { log.info({ a: 1 }, 'hi %s', 'you'); return 1 })
      export const config = defineConfig({ level: 'info' })
      export const level = (record: LogRecord): number => record.level + seen
      // @ts-expect-error there is no such level
      defineConfig({ level: 'loud' })
      void flush()`
    const files = ['consumer.cts', 'consumer.mts']
    for (const file of files) writeFileSync(join(project, file), text)
    const compilerOptions = { noEmit: true, strict: true, module: 'node16', target: 'es2022', types: [] }
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
    const { stdout, code } = await node([join(ROOT, 'node_modules/typescript5/bin/tsc')], {}, project)
    expect([stdout, code]).toEqual(['', 0])
  })
})

describe.each(apps())('$entry beside the installed package', ({ app, entry }) => {
  const path = join('apps', entry)
  let run: Promise<Run> | undefined
  const native = () => (run ??= runNative(project, app, path))

  it.each(PRELOADS)('every native line is exactly one record ($how)', async ({ flags, env }) => {
    expectUnified(await runApp(project, path, flags, env), await native())
  })

  it('every native line is exactly one record (first line of the app)', async () => {
    const first = join(dirname(path), 'first.mjs')
    writeFileSync(
      join(project, first),
      `import '@x/unify-logs/register'\nawait import('./${basename(path)}')\n`,
    )
    expectUnified(await runApp(project, first), await native())
  })
})

function npm(...args: string[]): Promise<unknown> {
  // Inside a run of npm these would name our own project.
  const { npm_config_local_prefix, npm_package_json, ...env } = process.env
  return promisify(execFile)('npm', args, { cwd: ROOT, env, shell: process.platform === 'win32' })
}

/** What the applications depend on, as arguments for `npm install`. */
function dependencies(): string[] {
  const all = apps().flatMap(({ app }) => {
    const { dependencies } = JSON.parse(readFileSync(join(APPS, app, 'package.json'), 'utf8'))
    return Object.entries(dependencies).map(([name, range]) => `${name}@${range}`)
  })
  return [...new Set(all)]
}
