import type { ChildProcess } from 'node:child_process'
import { syncBuiltinESMExports } from 'node:module'
import { basename } from 'node:path'
import { VARIABLE } from './inherited'
import { wrapMethod } from './shim'

/** What Node makes of the arguments of `spawn`, `fork`, `exec` and `execFile`. */
interface Spawning {
  readonly file?: string
  readonly args?: readonly string[]
  readonly envPairs?: readonly string[]
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * From now on a child process that is preloaded as this one is gets the fields in a variable of its environment. What
 * the caller gives is copied, never changed.
 *
 * Called when the first interaction opens: to load `node:child_process` costs a process some milliseconds.
 *
 * @param preload absolute path of the preload
 * @param flags those of Node that this process was started with
 * @param fields their text at the moment of the call; undefined where nothing is to be handed over
 */
export function tellChildren(preload: string, flags: string, fields: () => string | undefined): void {
  const preloads = preloadsOf(flags)
  const ours = new Set([preload, '@x/unify-logs/register', ...preloads])
  /** Nobody else is told: what we do not take out of its environment, its code sees. */
  const isOurs = (env: Env, words: readonly string[]): boolean => {
    if (env.UNIFY_LOGS === 'off' || env[VARIABLE] !== undefined) return false
    if (preloadsOf([env.NODE_OPTIONS, ...words].join(' ')).some((name) => ours.has(name))) return true
    // This program has us in its first line, so its children may, too.
    return preloads.length === 0 && /^node(?:\.exe)?$/.test(basename(words[0] ?? ''))
  }

  // Not by `require`, which others stand around.
  const native = process.getBuiltinModule('node:child_process')
  // The one place that all four, and `cluster`, have in common; who took them out of the module earlier comes by, too.
  wrapMethod(native.ChildProcess.prototype, 'spawn', (spawn, self: ChildProcess, [options, ...rest]) => {
    const { file = '', args = [], envPairs } = Object(options) as Spawning
    const text = Array.isArray(envPairs) ? fields() : undefined
    if (text === undefined || !isOurs(envOf(envPairs as string[]), [file, ...args]))
      return Reflect.apply(spawn, self, [options, ...rest])
    const told = { __proto__: null, ...options, envPairs: [...(envPairs as string[]), `${VARIABLE}=${text}`] }
    return Reflect.apply(spawn, self, [told, ...rest])
  })

  for (const name of ['spawnSync', 'execFileSync', 'execSync'] as const) {
    wrapMethod(native, name, (spawn, self, args) => {
      const hasList = name !== 'execSync' && (Array.isArray(args[1]) || (args[1] ?? null) === null)
      const at = hasList ? 2 : 1
      const { [at]: options = {} } = args
      const text = typeof options === 'object' && options !== null ? fields() : undefined
      if (text === undefined) return Reflect.apply(spawn, self, args)
      const env = options.env || process.env
      const words = [args[0], ...(hasList ? (args[1] ?? []) : [])].map(String)
      if (!isOurs(env, words)) return Reflect.apply(spawn, self, args)
      const told = Object.create(Object.getPrototypeOf(options), {
        ...Object.getOwnPropertyDescriptors(options),
        env: { value: { ...inheritedToo(env), [VARIABLE]: text }, enumerable: true },
      })
      return Reflect.apply(spawn, self, [args[0], ...(hasList ? [args[1] ?? []] : []), told])
    })
  }
  syncBuiltinESMExports()
}

/** The files and packages that flags of Node preload. */
function preloadsOf(flags: string): string[] {
  return [...flags.matchAll(/(?<=^|\s)(?:-r|--require|--import)[\s=]+(\S+)/g)].map(([, name = '']) =>
    name.replace(/["']/g, ''),
  )
}

function envOf(pairs: readonly string[]): Env {
  return Object.fromEntries(pairs.map((pair) => [pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1)]))
}

/** Node hands on what an `env` inherits, too. */
function inheritedToo(env: Env): Env {
  const all: Record<string, string | undefined> = {}
  for (const key in env) all[key] = env[key]
  return all
}
