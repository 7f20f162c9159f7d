import type { EventEmitter } from 'node:events'
import type { Logger } from './core/app-logger'
import type { UserConfig } from './core/config'
import type { ContextFields } from './core/context'
import { bindEmitter } from './core/emitter'
import { guard } from './core/guard'
import type { PatchFinding } from './core/patcher'
import { through } from './core/shim'
import type { Stats } from './core/stats'
import { runtime } from './runtime'

export type { Logger, LogMethod } from './core/app-logger'
export type { UserConfig } from './core/config'
export type { ContextFields } from './core/context'
export type { LevelName } from './core/levels'
export type { PatchFinding } from './core/patcher'
export type { LogRecord } from './core/record'
export type { ContextStats, RecordStats, Stats } from './core/stats'

/**
 * A module's own logger, pino-style: `log.info({ took: 12 }, 'done')`, `log.error(error)`. Its records have the source
 * `app` and this module tag.
 *
 * @param module the tag, as `ML_MODULE`; loggers of one module share nothing but the tag
 */
export function getLogger(module: string): Logger {
  return runtime().getLogger(module)
}

/** An emitter of `node:events`, by its look: whoever uses us need not have Node's types. */
export interface Emitter {
  // biome-ignore lint/suspicious/noExplicitAny: any listener
  on(event: string | symbol, listener: (...args: any[]) => void): unknown
  rawListeners(event: string | symbol): unknown[]
}

/** Who the current lines belong to: fields that every record carries, by AsyncLocalStorage. */
export const context = {
  /**
   * Runs `act` inside an interaction: all that it calls and starts, across awaits, timers and events, carries `fields`
   * besides those of the run around it. An error that leaves `act` remembers them: logged later, outside of every run,
   * it still carries the interaction.
   *
   * @returns what `act` returns; for a native promise, one that settles alike
   * @throws what `act` throws
   */
  run: <T>(fields: ContextFields, act: () => T): T =>
    through('opening an interaction', act, (act) => runtime().context.run(fields, act)),
  /**
   * Adds fields for the rest of the enclosing `run`, nested calls included.
   *
   * @returns false outside of every `run`, where there is nothing to add to
   */
  bind: (fields: ContextFields): boolean =>
    guard('adding to an interaction', () => runtime().context.bind(fields), false),
  /** The current fields, frozen; outside of every `run` those that the process or thread was started in, mostly none. */
  get: (): ContextFields => guard('reading an interaction', () => runtime().context.get(), Object.freeze({})),
  /**
   * `fn`, to be called later in today's context, whoever calls it: a listener, a callback that waits in a pool.
   *
   * @returns a function with the same arguments, `this` and result
   */
  // biome-ignore lint/suspicious/noExplicitAny: any function
  wrap: <F extends (...args: any[]) => any>(fn: F): F => runtime().context.wrap(fn),
  /**
   * Has every listener that is added to `emitter` from now on called in the context in which it was added, whoever emits;
   * of a stream, the callbacks of `write` and `end` in that of the call.
   * `removeListener`, `listeners` and the like go on with the functions that were added.
   *
   * @returns `emitter`
   */
  emitter: <E extends Emitter>(emitter: E): E => {
    bindEmitter(emitter as unknown as EventEmitter, runtime().context)
    return emitter
  },
} as const

/**
 * Replaces `levels` of the configuration while the process runs: the lowest level by pattern, `off` for none. It reaches
 * into the libraries as the configuration does, existing loggers included: what is hidden costs what the library's own
 * disabled line costs, and what is raised is printed. Counts for this thread. What is wrong is said on stderr and left out.
 */
export function setLevels(levels: NonNullable<UserConfig['levels']>): void {
  runtime().setLevels(levels)
}

/**
 * Puts back everything that the preload has put in place in this thread, each property with the flags that it had:
 * methods, streams, listeners of the process, hooks. What is loaded later is not patched, loggers that the program holds
 * print as they do natively, and the thresholds that `levels` changed are the program's again. Where the program has put
 * something of its own over ours, that stays, and what it calls of ours passes everything on. It cannot be taken back.
 *
 * `getLogger`, `context`, `flush` and `stats` go on.
 */
export function unpatch(): void {
  runtime().unpatch()
}

/**
 * Resolves when every record written so far has left the process: at once, unless the destination is a pino transport or
 * does not take them now. One that has taken nothing for two seconds is waited for no longer.
 */
export function flush(): Promise<void> {
  return runtime().flush()
}

/** How this thread's logging fares since it started: counts, frozen. */
export function stats(): Stats {
  return runtime().stats()
}

/**
 * What the recursive patch of the packages in `patch` met so far: each logger, patched or not, and each value that it
 * could not search. Frozen; empty without the preload.
 */
export function patchReport(): readonly PatchFinding[] {
  return Object.freeze([...runtime().findings])
}

/** A configuration with its types checked, for `unify-logs.config.js` and `.ts`. Returns it as it is. */
export function defineConfig(config: UserConfig): UserConfig {
  return config
}
