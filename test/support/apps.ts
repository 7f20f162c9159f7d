import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { node, ROOT, type Run, records } from './run'
import { normal, OBSERVER, type Write, writes } from './writes'

export const APPS = join(ROOT, 'fixtures/apps')

/** A line of the terminal as a reader understands it. */
interface Line {
  readonly stream: string
  readonly source: string
  readonly namespace: string | undefined
  readonly msg: string
}

/** What an application is known to print with, so that no comparison passes because nothing was printed. */
export const PRINTS: Readonly<Record<string, readonly string[]>> = {
  express4: [
    'console',
    'debug express:application',
    'debug express:router',
    'debug body-parser:json',
    'debug send',
  ],
  express5: ['console', 'debug express:application', 'debug router', 'debug body-parser:json', 'debug send'],
  koa2: ['console', 'debug koa:application', 'debug koa-router', 'debug library:loans'],
  // Koa 3 itself logs by util.debuglog.
  koa3: ['console', 'debug koa-router', 'debug library:loans'],
  apollo: ['console', 'debug body-parser:json', 'loglevel apollo-server', 'loglevel graph'],
}

/** loglevel prints the bare message, so the logger of a native line is known by its text. */
const LOGLEVEL: Readonly<Record<string, RegExp>> = {
  graph: /^(playlist |Error: the turntable)/,
  'apollo-server': /^(The `status400|operation |\w+ failed: |Unexpected error processing)/,
}

/** Every application folder under `fixtures/apps` with both of its entries. */
export function apps(): { app: string; entry: string }[] {
  return readdirSync(APPS, { withFileTypes: true })
    .filter((found) => found.isDirectory())
    .flatMap(({ name }) => ['app.cjs', 'app.mjs'].map((file) => ({ app: name, entry: join(name, file) })))
}

/** Runs an entry of an application to its end, with the debug lines of all its packages. */
export function runApp(
  cwd: string,
  entry: string,
  flags: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Run> {
  return node([...flags, entry], { DEBUG: '*', ...env }, cwd)
}

/** Runs it natively. */
export async function runNative(cwd: string, app: string, entry: string): Promise<Run> {
  const run = await runApp(cwd, entry, OBSERVER)
  const lines = nativeLines(run)
  const printers = new Set(
    lines.map(({ source, namespace }) => (namespace ? `${source} ${namespace}` : source)),
  )
  expect([...printers]).toEqual(expect.arrayContaining([...(PRINTS[app] ?? [])]))
  return run
}

/** Every native line has exactly one record, and nothing else was printed. */
export function expectUnified(after: Run, before: Run): void {
  expect(after.stderr).toBe('')
  expect(sorted(records(after).map(recordLine))).toEqual(sorted(nativeLines(before)))
  expect([after.code, after.signal]).toEqual([before.code, before.signal])
}

function nativeLines(run: Run): Line[] {
  return writes(run).map(nativeLine)
}

/** Takes off what the library puts before the message where it prints no colours. */
function nativeLine({ stream, text }: Write): Line {
  const debug = /^(?:\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT|\d{4}-\d\d-\d\dT[\d:.]+Z) (\S+) (.*)$/s.exec(text)
  if (debug) return { stream, source: 'debug', namespace: debug[1], msg: normal(debug[2] ?? '') }
  const warning = /^\(node:\d+\) (?:\[\w+\] )?\w*Warning: (.*?)(?:\n\(Use `.*)?\n$/s.exec(text)
  if (warning) return { stream, source: 'process', namespace: 'warning', msg: normal(warning[1] ?? '') }
  const loglevel = Object.keys(LOGLEVEL).find((name) => LOGLEVEL[name]?.test(text))
  return { stream, source: loglevel ? 'loglevel' : 'console', namespace: loglevel, msg: normal(text) }
}

/** The stream is the one that the logger natively chooses for the level. */
function recordLine({ source, namespace, level, msg }: ReturnType<typeof records>[number]): Line {
  const stderr = source === 'debug' || level >= 40 || level === 10
  return { stream: stderr ? 'stderr' : 'stdout', source, namespace, msg: normal(msg) }
}

function sorted(lines: readonly Line[]): string[] {
  return lines.map((line) => JSON.stringify(line)).sort()
}
