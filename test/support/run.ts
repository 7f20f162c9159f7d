import { spawn } from 'node:child_process'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')
export const REGISTER = join(ROOT, 'dist/register.js')
/** Preload that checks at the end of a process that no record is missing in `stats()`. */
export const IDENTITY = join(import.meta.dirname, 'identity.cjs')

/** How a project that has us installed names the preload. */
export const BARE = '@x/unify-logs/register'

const RUNS_NOTHING = new Set(['--version', '--check'])

/** What a child process did. */
export interface Run {
  readonly stdout: string
  readonly stderr: string
  /** What it wrote to descriptor 3. */
  readonly observed: string
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Runs `node ...args` to its end, with nothing of the caller's logging environment. */
export function node(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd: string = ROOT): Promise<Run> {
  const { PATH, HOME } = process.env
  const isOurs = (text = '') => text.includes(REGISTER) || text.includes(BARE)
  const isChecked =
    env.UNIFY_LOGS !== 'off' &&
    (args.some(isOurs) || isOurs(env.NODE_OPTIONS)) &&
    !args.some((arg) => RUNS_NOTHING.has(arg))
  const checks = isChecked ? ['--require', IDENTITY] : []
  const child = spawn(process.execPath, [...checks, ...args], {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  })
  const texts = ['', '', '', '']
  for (const fd of [1, 2, 3, 4]) {
    child.stdio[fd]?.on('data', (chunk) => {
      texts[fd - 1] += chunk
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      const [stdout = '', stderr = '', observed = '', looked] = texts
      if (stderr.includes('IDENTITY')) reject(new Error(`records are missing in stats(): ${stderr}`))
      // No JavaScript runs where a signal ends it, or where a handler of a crash throws (7).
      if (isChecked && signal === null && code !== 7 && looked === '')
        reject(new Error(`nobody has looked at stats() at the end: ${stderr}`))
      resolve({ stdout, stderr, observed, code, signal })
    })
  })
}

/** Runs a program under the preload, JSON on stdout. */
export function unified(
  program: string,
  env: NodeJS.ProcessEnv = {},
  flags: readonly string[] = [],
  args: readonly string[] = [],
): Promise<Run> {
  return node([...flags, '--require', REGISTER, program, ...args], { UNIFY_LOGS_FORMAT: 'json', ...env })
}

/** One JSON record a line; anything else on stdout fails here. */
// biome-ignore lint/suspicious/noExplicitAny: records are checked by the tests
export function records(run: Pick<Run, 'stdout'>): any[] {
  return run.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      try {
        return JSON.parse(line)
      } catch {
        throw new Error(`not a record on stdout: ${line}`)
      }
    })
}

/** What a program told on descriptor 3, as lines of `[words, what it saw]`. */
export function seenBy({ observed }: Run): Record<string, unknown> {
  const lines: [string, unknown][] = observed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  return Object.fromEntries(lines)
}
