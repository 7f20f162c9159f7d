import { existsSync, readFileSync } from 'node:fs'
import { dirname, extname, isAbsolute, resolve, sep } from 'node:path'
import { isMainThread, workerThreads } from './builtins'
import { complain, describe, guard } from './guard'

/** What the user wrote, unchecked. */
export interface ConfigFile {
  /** Names it for a person. */
  readonly where: string
  readonly value: unknown
}

const ENDINGS = ['.json', '.cjs', '.js', '.mjs', '.ts']
/** Under this key a worker thread finds the root of its parent. */
export const ROOT = 'unify-logs:root'

/**
 * The folder of the nearest `package.json` above the entry file, or above the working directory in a process without
 * one. What an installed package starts (`next start`) is the project of the configuration that a variable names. Never
 * throws.
 *
 * @returns an absolute path; the folder where the search began if no `package.json` stands above it
 */
export function projectRoot(): string {
  return guard('finding the project root', find, resolve('/'))
}

function find(): string {
  // At a preload a worker's `process.argv` does not name its entry yet, on any Node: it takes over its parent's root.
  const parents = isMainThread ? undefined : workerThreads().getEnvironmentData(ROOT)
  if (typeof parents === 'string') return parents
  const entry = entryFile()
  const named = namedFile()
  const isInstalled = entry?.includes(`${sep}node_modules${sep}`)
  const project = isInstalled && named !== undefined ? nearestPackage(dirname(named)) : undefined
  if (project !== undefined) return project
  const folder = entry === undefined ? process.cwd() : dirname(entry)
  return nearestPackage(folder) ?? folder
}

/** The real path of the program. Under `--eval`, or with the program on stdin, `argv[1]` is an argument of the user. */
function entryFile(): string | undefined {
  const path = process.argv[1]
  if (!isMainThread || path === undefined || !isAbsolute(path)) return undefined
  if (Reflect.get(process, '_eval') !== undefined) return undefined
  try {
    // `node app` and `node .` leave the ending and the `main` to the loader.
    return require.resolve(path)
  } catch {
    return path
  }
}

function nearestPackage(folder: string): string | undefined {
  if (existsSync(inFolder(folder, 'package.json'))) return folder
  const parent = dirname(folder)
  return parent === folder ? undefined : nearestPackage(parent)
}

/** Of folders that are in their shortest form: `join` looks at each character, and every start asks for a dozen paths. */
function inFolder(folder: string, name: string): string {
  return folder + sep + name
}

/**
 * Reads the one configuration file: the one that `UNIFY_LOGS_CONFIG` names, else the first of
 * `unify-logs.config.{json,cjs,js,mjs,ts}` in the project root, else the key `unify-logs` of its `package.json`.
 * A file that cannot be read is said on stderr.
 */
export function readConfigFile(root: string): ConfigFile | undefined {
  const file = configFile(root)
  if (file === undefined) return undefined
  try {
    const value = read(file)
    if (!file.endsWith('package.json')) return { where: file, value }
    const key = (value as Record<string, unknown>)['unify-logs']
    return key === undefined ? undefined : { where: `${file} "unify-logs"`, value: key }
  } catch (error) {
    complain(`${file}: cannot be read: ${describe(error)}; the defaults are used`)
    return undefined
  }
}

/** The path of the file that `readConfigFile` reads, if there is one. */
export function configFile(root: string): string | undefined {
  return namedFile() ?? inRoot(root)
}

function namedFile(): string | undefined {
  const named = process.env.UNIFY_LOGS_CONFIG
  return named ? resolve(named) : undefined
}

/** Nothing is looked for where no package.json makes the folder a project: configuration is code. */
function inRoot(root: string): string | undefined {
  const manifest = inFolder(root, 'package.json')
  if (!existsSync(manifest)) return undefined
  return ENDINGS.map((ending) => inFolder(root, `unify-logs.config${ending}`)).find(existsSync) ?? manifest
}

function read(file: string): unknown {
  const ending = extname(file)
  if (ending === '.json') return JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''))
  if (!ENDINGS.includes(ending)) throw new Error(`its name must end in ${ENDINGS.join(', ')}`)
  const loaded = require(file)
  return loaded?.default ?? loaded
}
