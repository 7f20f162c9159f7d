import type { Logger } from './core/app-logger'
import { type Config, loadConfig } from './core/config'
import type { Context } from './core/context'
import { takeInherited } from './core/inherited'
import type { Core } from './core/outlet'
import type { Outlet, PatchFinding } from './core/patcher'
import type { Stats } from './core/stats'
import type { Thresholds } from './core/thresholds'
import { undoAll } from './core/undo'
import { optIn, patchers } from './patchers'

/** What one process shares, whatever number of copies of us it loads. */
export interface Runtime {
  readonly config: Config
  readonly context: Context
  /** The same, but undefined where nobody has needed it yet: then there has been no interaction. */
  readonly neededContext: Context | undefined
  /** Calls `act` once there is a context: before the first interaction opens, or at once. */
  whenUsed(act: () => void): void
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
  const inherited = takeInherited()
  let isUsed = inherited !== undefined
  let onUse: (() => void) | undefined
  let context: Context | undefined
  // This, the core and what changes levels are loaded when they are needed: a process that prints nothing needs none.
  const contextOf = (): Context => {
    if (context !== undefined) return context
    const { Context } = require('./core/context') as typeof import('./core/context')
    context = new Context(inherited, () => {
      isUsed = true
      onUse?.()
    })
    return context
  }
  const loggers = ['console', ...patchers.keys()]
  const config = loadConfig(loggers, optIn)
  let made: Core | undefined
  const core = (): Core => {
    made ??= (require('./core/make-core') as typeof import('./core/make-core')).makeCore(config, contextOf())
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
  let changing: Thresholds | undefined
  const thresholds = (): Thresholds => {
    const { thresholds } = require('./core/thresholds') as typeof import('./core/thresholds')
    changing ??= thresholds(core(), config, loggers)
    return changing
  }
  const shared: Runtime = {
    config,
    get context() {
      return contextOf()
    },
    get neededContext() {
      return context
    },
    whenUsed(act) {
      if (isUsed) act()
      else onUse = act
    },
    registered: false,
    findings: [],
    outlet,
    getLogger(module) {
      const { createAppLogger } = require('./core/app-logger') as typeof import('./core/app-logger')
      return createAppLogger(outlet('app').child(module), () => core().sink.lose())
    },
    setLevels: (levels) => thresholds().set(levels),
    reloadLevels: () => thresholds().reload(),
    unpatch() {
      thresholds().release()
      shared.undo?.()
      undoAll()
    },
    flush: async () => made?.sink.flush(),
    stats: () => Object.freeze({ ...core().sink.stats(), contexts: contextOf().stats() }),
  }
  return shared
}
