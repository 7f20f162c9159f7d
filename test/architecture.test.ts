import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { expect, it } from 'vitest'
import { dependencies } from '../package.json'
import { ROOT } from './support/run'

/** One import, dynamic ones and `require` included. */
interface Import {
  readonly file: string
  readonly line: number
  readonly text: string
  /** Path of the file in `src` without extension, or a package's or builtin's specifier. */
  readonly to: string
  readonly local: boolean
  readonly typeOnly: boolean
}

const files = readdirSync(`${ROOT}/src`, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => /\.m?ts$/.test(path))
const modules = new Set(files.map(bare))
const imports = files.flatMap(importsOf)

/** Which files of ours each room may import. The first row that matches a file counts. */
const MAY_IMPORT: readonly (readonly [room: RegExp, imports: RegExp])[] = [
  [/^register$/, /^(start|preload)$/],
  [/^start$/, /^(runtime|preload|http\/index|carriers\/index|patchers\/\w+(?:\/index)?|core\/.*)$/],
  [/^runtime$/, /^(patchers\/index|core\/.*)$/],
  [/^index$/, /^(runtime|core\/.*)$/],
  [/^parse$/, /^core\/(escape|format|json-line|levels|record)$/],
  [/^preload$/, /^core\/workers$/],
  [/^patchers\/index$/, /^(patchers\/.*|core\/patcher)$/],
  [
    /^patchers\/.*$/,
    /^core\/(builtins|patcher|record|shim|home|levels|look|members|message|terminal|snapshot|guard|undo)$/,
  ],
  [/^carriers\/.*$/, /^core\/(context|guard|patcher|shim)$/],
  [/^http\/.*$/, /^core\/(builtins|context|guard|levels|patcher|pattern|settings|shim|undo)$/],
  [/^core\/.*$/, /^core\/.*$/],
]

/** The only files that may import a package. Builtins are free. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  'fastest-levenshtein': /^core\/checks$/,
  'import-in-the-middle': /^core\/hooks\/(middle|copies|loader|create-hook)$/,
  picomatch: /^core\/policy$/,
  pino: /^core\/sink$/,
  'require-in-the-middle': /^core\/hooks\/middle$/,
  semver: /^core\/hooks\/targets$/,
}

it('finds the imports', () => {
  expect(imports.length).toBeGreaterThan(100)
  expect(imports.filter(({ local, to }) => local && !modules.has(to)).map(said)).toEqual([])
})

it('imports run one way', () => {
  const wrong = imports.filter(({ file, to, local }) => {
    if (!local || inOwnFolder(file, to)) return false
    const row = MAY_IMPORT.find(([room]) => room.test(bare(file)))
    return row === undefined || !row[1].test(to)
  })
  expect(wrong.map(said)).toEqual([])
})

it('no file imports itself through others', () => {
  const cycles = [...modules].filter((start) => reachable(start).has(start))
  expect(cycles).toEqual([])
})

it('packages are imported in their one place', () => {
  const wrong = imports.filter(({ file, to, local, typeOnly }) => {
    if (local || to.startsWith('node:')) return false
    // A patcher knows its library by type alone: which copy is loaded is the application's choice.
    if (file.startsWith('patchers/') && typeOnly) return false
    return !PACKAGES[packageName(to)]?.test(bare(file))
  })
  expect(wrong.map(said)).toEqual([])
})

it('every dependency is imported', () => {
  const used = imports.map(({ to }) => packageName(to))
  expect(Object.keys(dependencies).filter((name) => !used.includes(name))).toEqual([])
  expect(Object.keys(PACKAGES)).toEqual(Object.keys(dependencies))
})

it('core names no logger', () => {
  const loggers = /\b(bunyan|consola|log4js|loglevel|winston)\b/i
  const wrong = files
    .filter((file) => file.startsWith('core/'))
    .flatMap((file) =>
      codeOf(file)
        .split('\n')
        .flatMap((text, i) => (loggers.test(text) ? `${file}:${i + 1} ${text}` : [])),
    )
  expect(wrong).toEqual([])
})

function importsOf(file: string): Import[] {
  const code = codeOf(file)
  const statements =
    /^(?<head>import|export)\b(?!\()(?<type> type\b)?[^'"\n]*?(?:\{[^}]*\})?[^'"\n]*'(?<to>[^'\n]+)'/gm
  const calls = /(?<type>typeof )?\b(?:import|require(?:\.resolve)?)\(\s*'(?<to>[^'\n]+)'/g
  return [...code.matchAll(statements), ...code.matchAll(calls)].flatMap(({ index, 0: text, groups }) => {
    const to = groups?.to as string
    if (groups?.head === 'export' && !text.includes(' from ')) return []
    const local = to.startsWith('.')
    const line = code.slice(0, index).split('\n').length
    const typeOnly = groups?.type !== undefined
    return [{ file, line, text: text.trim(), to: local ? resolved(file, to) : to, local, typeOnly }]
  })
}

/** The file with its comments blanked, so that the lines keep their numbers. */
function codeOf(file: string): string {
  return readFileSync(`${ROOT}/src/${file}`, 'utf8')
    .replace(/\/\*.*?\*\//gs, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/(?<=^|\s)\/\/ .*$/gm, '')
}

function resolved(file: string, to: string): string {
  const path = join(dirname(file), to).replace(/\.m?js$/, '')
  return modules.has(path) ? path : join(path, 'index')
}

/** A room of several files is one for the rules: `patchers/winston/…`, `http/…`. */
function inOwnFolder(file: string, to: string): boolean {
  const folder = /^(?:patchers\/\w+|http|carriers)\//.exec(file)?.[0]
  return folder !== undefined && to.startsWith(folder)
}

function reachable(start: string, seen: Set<string> = new Set()): Set<string> {
  for (const { file, to } of imports) {
    if (bare(file) !== start || seen.has(to)) continue
    seen.add(to)
    reachable(to, seen)
  }
  return seen
}

function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

function bare(file: string): string {
  return file.replace(/(\.d)?\.m?ts$/, '')
}

function said({ file, line, text }: Import): string {
  return `src/${file}:${line} ${text}`
}
