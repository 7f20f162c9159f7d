import { carriers } from './carriers'
import { complain, guard } from './core/guard'
import { EVERY_FILE, inLoaderThread, installHooks, type Later, type OnFile } from './core/hooks'
import { installNet } from './core/net'
import type { Outlet, Patcher } from './core/patcher'
import { listen, undoAll } from './core/undo'
import { patchers, recursive } from './patchers'
import { patchConsole } from './patchers/console'
import { patchProcess } from './patchers/process'
import { pinPreload } from './preload'
import { type Runtime, runtime } from './runtime'

/**
 * Takes over the loggers of this process, once. Never throws.
 *
 * @param preload absolute path of the file that was preloaded
 */
export function start(preload: string): void {
  if (!inLoaderThread()) guard('starting', () => takeOver(preload), undefined)
}

function takeOver(preload: string): void {
  const shared = runtime()
  if (shared.registered) return
  shared.registered = true
  shared.undo = undoAll
  const pinWorkers = pinPreload(preload)
  const flags = [process.env.NODE_OPTIONS, ...process.execArgv].join(' ')
  const fields = () => {
    const { packed } = require('./core/packed') as typeof import('./core/packed')
    return packed(shared.context.get())
  }
  const beforeThreads = () =>
    guard(
      'telling worker threads',
      () => {
        pinWorkers()
        const { tellWorkers } = require('./core/workers') as typeof import('./core/workers')
        tellWorkers(shared.config.root, fields)
      },
      undefined,
    )
  shared.whenUsed(() =>
    guard(
      'telling child processes',
      () => {
        const { tellChildren } = require('./core/children') as typeof import('./core/children')
        tellChildren(preload, flags, fields)
      },
      undefined,
    ),
  )

  if (shared.config.errors === 'created') {
    const { watchErrors } = require('./core/errors') as typeof import('./core/errors')
    guard('watching errors', () => watchErrors((error) => shared.neededContext?.made(error)), undefined)
  }
  listen('uncaughtExceptionMonitor', (error: unknown) => shared.neededContext?.uncaught(error))

  const patched = new Set(shared.config.patch)
  // Other loggers print through console: its inner write is taken over even where its own lines are not.
  guard(
    'patching console',
    () => patchConsole(() => (patched.has('console') ? shared.outlet('console') : nativeOutlet())),
    undefined,
  )
  const ofProcess = () => shared.outlet('process', ['depd'])
  // depd, which warns of deprecated functions, writes to stderr: what it says of itself is the process's too.
  guard('patching process', () => patchProcess(ofProcess), undefined)
  guard('patching util.debuglog', () => debuglog(shared), undefined)
  guard(
    'standing under the streams',
    () =>
      installNet(RAW[shared.config.stdio], (source) =>
        source === 'process' ? ofProcess() : shared.outlet(source),
      ),
    undefined,
  )

  if (shared.config.reload !== 'off') {
    listen(shared.config.reload, () => shared.reloadLevels())
  }

  const rows = new Map([...patchers].filter(([name]) => patched.has(name)))
  const later: Later[] = [{ file: `${__dirname}/patchers`, rows: 'patchers', names: [...rows.keys()] }]
  const tags = new Map<string, string>()
  for (const entry of shared.config.patch) {
    if (typeof entry === 'string') continue
    const { package: name, tag } = entry
    if (rows.has(name)) {
      complain(
        `patch: ${name} is a logger that is known by name and stays so; "modules" gives its lines a tag`,
      )
      continue
    }
    tags.set(name, tag)
    rows.set(name, recursive(name, shared.findings))
  }
  for (const [name, row] of guard('watching HTTP servers', () => watched(shared), [])) {
    if (!rows.has(name)) rows.set(name, row)
  }
  const carrying = [...carriers].filter(([name]) => !rows.has(name))
  for (const [name, carrier] of carrying) rows.set(name, () => carrier(shared.context))
  later.push({ file: `${__dirname}/carriers`, rows: 'carriers', names: carrying.map(([name]) => name) })
  const onFile: OnFile = (exports, { patcher, path, version, dir }) => {
    const own = patcher.sdk ? [] : [patcher.package]
    const outlet = shared.outlet(
      patcher.package,
      [...own, ...(patcher.frames ?? [])],
      tags.get(patcher.package),
    )
    const patch = patcher.files[path] ?? patcher.files[EVERY_FILE]
    return patch?.(exports, { outlet, version, dir, path })
  }
  installHooks(shared.config.hooks, rows, onFile, later, beforeThreads)
}

/** Makes the requests of HTTP servers interactions where the configuration says so. */
function watched(shared: Runtime): Iterable<[string, () => Patcher]> {
  const { http } = shared.config
  if (http === false) return []
  const { watchHttp } = require('./http') as typeof import('./http')
  return watchHttp(http === true ? {} : http, shared.context, shared.outlet('http'))
}

/** NODE_DEBUG is read once, before us: without it there is nothing to take over. */
function debuglog({ outlet }: Runtime): void {
  if (!process.env.NODE_DEBUG) return
  const { patchDebuglog } = require('./patchers/debuglog') as typeof import('./patchers/debuglog')
  patchDebuglog(outlet('debuglog'))
}

/** The streams whose raw lines become records, by `stdio`. */
const RAW = { stderr: ['stderr'], both: ['stdout', 'stderr'], off: [] } as const

function nativeOutlet(): Outlet {
  const { NATIVE } = require('./core/native-outlet') as typeof import('./core/native-outlet')
  return NATIVE
}
