import { createAppLogger, type Logger } from './core/app-logger'
import { type Config, checkedLevels, type Levels, loadConfig, reloadLevels } from './core/config'
import { Context } from './core/context'
import { folding } from './core/fold'
import { Crowd } from './core/followers'
import { takeInherited } from './core/inherited'
import { LEVELS } from './core/levels'
import { type Core, createOutlet } from './core/outlet'
import type { Outlet, PatchFinding } from './core/patcher'
import { compilePolicy } from './core/policy'
import { compileRedaction } from './core/redact'
import { createSink } from './core/sink'
import type { Stats } from './core/stats'
import { createTracer } from './core/trace'
import { optIn, patchers } from './patchers'

/** What one process shares, whatever number of copies of us it loads. */
export interface Runtime {
  readonly config: Config
  readonly context: Context
  /** True when the loggers are patched: a second preload has nothing to do. */
  registered: boolean
  /** What the recursive patch met, in the order of loading. */
  readonly findings: PatchFinding[]
  outlet(source: string, frames?: readonly string[], tag?: string): Outlet
  getLogger(module: string): Logger
  /** Puts other thresholds in the place of the configuration's; what is wrong in them is said on stderr and left out. */
  setLevels(levels: unknown): void
  /** Reads `level` and `levels` again from the configuration file. */
  reloadLevels(): void
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

const TRACE_FROM = { always: Number.NEGATIVE_INFINITY, warn: LEVELS.warn, off: Number.POSITIVE_INFINITY }

function create(): Runtime {
  // Before the variables are read, and before anybody else can.
  const context = new Context(takeInherited())
  const loggers = ['console', ...patchers.keys()]
  const config = loadConfig(loggers, optIn)
  const core: Core = {
    policy: compilePolicy(config),
    context,
    followers: new Crowd(),
    tracer: createTracer(config.root),
    traceFrom: TRACE_FROM[config.trace],
    redactor: compileRedaction(config.redact),
    sink: config.fold ? folding(createSink(config)) : createSink(config),
  }
  const outlets = new Map<string, Outlet>()
  const outlet = (source: string, frames: readonly string[] = [], tag?: string): Outlet => {
    const made = outlets.get(source) ?? createOutlet(core, { name: source, frames, tag })
    outlets.set(source, made)
    return made
  }
  const change = (levels: Levels): void => {
    core.policy = compilePolicy({ ...config, ...levels })
    core.followers.update()
  }
  return {
    config,
    context,
    registered: false,
    findings: [],
    outlet,
    getLogger: (module) => createAppLogger(outlet('app').child(module)),
    setLevels(given) {
      const levels = checkedLevels(given, config, loggers)
      if (levels !== undefined) change({ level: config.level, levels })
    },
    reloadLevels: () => change(reloadLevels(loggers)),
    flush: () => core.sink.flush(),
    stats: () => Object.freeze({ ...core.sink.stats(), contexts: context.stats() }),
  }
}
