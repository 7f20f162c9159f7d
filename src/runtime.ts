import type { Logger } from './core/app-logger'
import { type Config, type Levels, loadConfig, reloadLevels } from './core/config'
import { Context } from './core/context'
import { takeInherited } from './core/inherited'
import type { Core } from './core/outlet'
import type { Outlet, PatchFinding } from './core/patcher'
import type { Policy } from './core/policy'
import type { Stats } from './core/stats'
import { undoAll } from './core/undo'
import { optIn, patchers } from './patchers'

/** What one process shares, whatever number of copies of us it loads. */
export interface Runtime {
  readonly config: Config
  readonly context: Context
  /** True when the loggers are patched: a second preload has nothing to do. */
  registered: boolean
  /** Puts back what was patched: told by the copy that did it. */
  undo?: () => void
  /** What the recursive patch met, in the order of loading. */
  readonly findings: PatchFinding[]
  outlet(source: string, frames?: readonly string[], tag?: string): Outlet
  getLogger(module: string): Logger
  /** Puts other thresholds in the place of the configuration's; what is wrong in them is said on stderr and left out. */
  setLevels(levels: unknown): void
  /** Reads `level` and `levels` again from the configuration file. */
  reloadLevels(): void
  /** Makes the process native again, for good: only `getLogger` still makes records. */
  unpatch(): void
  flush(): Promise<void>
  stats(): Stats
}

// Two installed copies meet here: two AsyncLocalStorages would know half of the context each.
const KEY = Symbol.for('unify-logs')

/** The process's runtime, made by the first copy that asks. */
export function runtime(): Runtime {
  const shared = globalThis as unknown as Record<symbol, Runtime | undefined>
  const known = shared[KEY]
  if (known !== undefined) return known
  const made = create()
  Object.defineProperty(globalThis, KEY, { value: made })
  return made
}

function create(): Runtime {
  // Before the variables are read, and before anybody else can.
  const context = new Context(takeInherited())
  const loggers = ['console', ...patchers.keys()]
  const config = loadConfig(loggers, optIn)
  let made: Core | undefined
  // A process that prints nothing has no need of it: it is loaded with the first line, or the first logger.
  const core = (): Core => {
    made ??= (require('./core/make-core') as typeof import('./core/make-core')).makeCore(config, context)
    return made
  }
  // The thread of a transport lives longer than the interaction whose line is the first.
  if (typeof config.destination !== 'string') core()
  const outlets = new Map<string, Outlet>()
  const outlet = (source: string, frames: readonly string[] = [], tag?: string): Outlet => {
    const known = outlets.get(source)
    if (known !== undefined) return known
    const { createOutlet } = require('./core/outlet') as typeof import('./core/outlet')
    const made = createOutlet(core(), { name: source, frames, tag })
    outlets.set(source, made)
    return made
  }
  const change = (levels: Levels): void => {
    const { compilePolicy } = require('./core/policy') as typeof import('./core/policy')
    rule(compilePolicy({ ...config, ...levels }))
  }
  let isUnpatched = false
  const rule = (policy: Policy): void => {
    const { onlySource } = require('./core/policy') as typeof import('./core/policy')
    core().policy = isUnpatched ? onlySource('app', policy) : policy
    core().followers.update()
  }
  const shared: Runtime = {
    config,
    context,
    registered: false,
    findings: [],
    outlet,
    getLogger(module) {
      const { createAppLogger } = require('./core/app-logger') as typeof import('./core/app-logger')
      return createAppLogger(outlet('app').child(module), () => core().sink.lose())
    },
    setLevels(given) {
      const { checkedLevels } = require('./core/given') as typeof import('./core/given')
      const levels = checkedLevels(given, config, loggers)
      if (levels !== undefined) change({ level: config.level, levels })
    },
    reloadLevels: () => change(reloadLevels(loggers)),
    unpatch() {
      const { settleAll } = require('./core/limits') as typeof import('./core/limits')
      settleAll()
      core().sink.flush()
      isUnpatched = true
      // Gives the libraries the program's own thresholds, for which our wrappers must still be there.
      rule(core().policy)
      shared.undo?.()
      undoAll()
    },
    flush: async () => made?.sink.flush(),
    stats: () => Object.freeze({ ...core().sink.stats(), contexts: context.stats() }),
  }
  return shared
}
