import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { node, ROOT, type Run } from './run'

const SERVICES = join(ROOT, 'fixtures/services')

/** `service.json` of a folder under `fixtures/services`. */
interface Description {
  /** A program of the folder and its arguments; with `bin`, the arguments alone. */
  readonly command: readonly string[]
  /** The program of a package: `eslint/bin/eslint.js`. */
  readonly bin?: string
  readonly env?: NodeJS.ProcessEnv
  /** Who prints: `source`, or `source namespace` with `*` for any text. Records of all of them, and of no other source. */
  readonly prints: readonly string[]
  /** True where what it prints on stdout natively is its output. */
  readonly payload?: boolean
}

export interface Service extends Description {
  readonly name: string
}

export function services(): Service[] {
  return readdirSync(SERVICES).map((name) => ({
    name,
    ...JSON.parse(readFileSync(join(SERVICES, name, 'service.json'), 'utf8')),
  }))
}

/** Runs a service to its own end, in its folder. */
export function runService(
  { name, bin, command, env: own }: Service,
  flags: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Run> {
  const cwd = join(SERVICES, name)
  const program = bin === undefined ? command : [installed(cwd, bin), ...command]
  return node([...flags, ...program], { ...own, ...env }, cwd)
}

/** The path of a package's file, which its `exports` may hide from `require.resolve`. */
function installed(cwd: string, file: string): string {
  const folders = createRequire(join(cwd, 'package.json')).resolve.paths(file) ?? []
  const found = folders.map((folder) => join(folder, file)).find(existsSync)
  if (found === undefined) throw new Error(`${file} is not installed for ${cwd}`)
  return found
}
