import { isMainThread, workerThreads } from './builtins'
import type { Context } from './context'
import { type Crowd, Followers } from './followers'
import { RECORD_KEYS } from './format'
import { complainOf, guard } from './guard'
import type { Level } from './levels'
import { type Limit, Limiter } from './limits'
import { now } from './natives'
import type { Outlet } from './patcher'
import type { Policy, Ruling } from './policy'
import type { Fields, LogCall, LogRecord, Stamp } from './record'
import { REDACTED, type Redactor } from './redact'
import type { Sink } from './sink'
import { isError, snapshot, snapshotError } from './snapshot'
import { unclaimed, wrapperOf } from './terminal'
import type { Tracer } from './trace'
import { activeSpan } from './tracing'

/** What every outlet of a process shares. */
export interface Core {
  /** Another one takes its place when `levels` changes. */
  policy: Policy
  readonly context: Context
  readonly tracer: Tracer
  /** Lines from this level on have a call site. */
  readonly traceFrom: Level
  readonly followers: Crowd
  /** Absent where nothing is to be hidden. */
  readonly redactor?: Redactor | undefined
  readonly sink: Sink
}

/** One logger's outlet. */
export interface Source {
  /** The logger's npm name, or our own name for what is no package. */
  readonly name: string
  /** npm names of the packages whose frames are the logger's, never the caller's. */
  readonly frames: readonly string[]
  /** The module tag of its lines, where no `modules` entry has another one. */
  readonly tag?: string | undefined
}

/** A namespace may come from a request id: beyond this many, outlets are made anew. */
const MAX_CHILDREN = 1_000

const [IN_DATA, IN_ERR] = [['data'], ['err']]

/** A value that logs while it is being logged: so deep a line goes on, deeper ones are dropped. */
const MAX_DEPTH = 8

const WORKER = isMainThread ? undefined : workerThreads().threadId
let depth = 0

/** The outlet of a logger's lines without a namespace; `child` gives the others. */
export function createOutlet(core: Core, source: Source): Outlet {
  return new BoundOutlet(core, source, undefined, new Map())
}

class BoundOutlet implements Outlet {
  readonly native: boolean
  #ruling: Ruling
  readonly #limiters = new Map<Limit, Limiter>()
  #policy: Policy
  #followers: Followers | undefined

  constructor(
    private readonly core: Core,
    private readonly source: Source,
    private readonly namespace: string | undefined,
    private readonly siblings: Map<string | undefined, Outlet>,
  ) {
    this.#policy = core.policy
    this.#ruling = core.policy.ruling(source.name, namespace)
    this.native = this.#ruling.native
    siblings.set(namespace, this)
  }

  get named(): Level | undefined {
    return this.ruling().named
  }

  enabled(level: Level): boolean {
    return level >= this.ruling().floor
  }

  child(namespace: string | undefined): Outlet {
    const known = this.siblings.get(namespace)
    if (known !== undefined) return known
    if (this.siblings.size >= MAX_CHILDREN) this.siblings.clear()
    return new BoundOutlet(this.core, this.source, namespace, this.siblings)
  }

  follow<T extends object>(logger: T, apply: (logger: T, level: Level | undefined) => void): void {
    this.#followers ??= new Followers(this.core.followers, () => this.ruling().named)
    this.#followers.add(logger, apply)
  }

  whenNamed(act: () => void): void {
    const waits = (): boolean => {
      if (!this.core.policy.names(this.source.name)) return true
      guard('putting `levels` before those of a library', act, undefined)
      return false
    }
    if (waits()) this.core.followers.add({ update: waits })
  }

  stamp(level: Level, below?: CallableFunction): Stamp {
    const { tracer, traceFrom, context } = this.core
    const traced = level >= traceFrom || this.ruling().at !== undefined
    return {
      time: now(),
      context: context.get(),
      late: context.isOver() || undefined,
      span: guard('asking for the active span', activeSpan, undefined),
      site: traced ? tracer.site(below, this.source.frames) : undefined,
    }
  }

  write(call: LogCall): boolean {
    if (this.native) return false
    const wrapper = wrapperOf(call.msg)
    if (wrapper !== undefined && wrapper.outlet !== this)
      return unclaimed(() => wrapper.outlet.write({ ...call, ...wrapper.call }))
    if (!this.enabled(call.level) || depth >= MAX_DEPTH) return true
    depth++
    try {
      const stamp = call.stamp ?? this.stamp(call.level, call.below)
      const { native, threshold, tag, limit } = this.ruling().at?.(stamp.site) ?? this.ruling()
      if (native) return false
      if (call.level < threshold) return true
      if (limit !== undefined && !this.limiter(limit, tag).admits(stamp.time, call.level)) return true
      const { context, sink } = this.core
      const fields = context.fieldsFor(call.err, stamp.context)
      const late = stamp.late && !context.hasLeft(call.err)
      const taken = sink.write(this.record(call, { ...stamp, context: fields, late }, tag))
      if (taken) context.count(fields, late)
      return taken
    } catch (error) {
      complainOf(`a line of ${this.source.name} stays native`, error)
      return false
    } finally {
      depth--
    }
  }

  private ruling(): Ruling {
    const { policy } = this.core
    if (policy !== this.#policy) {
      this.#policy = policy
      this.#ruling = policy.ruling(this.source.name, this.namespace)
    }
    return this.#ruling
  }

  private limiter(limit: Limit, tag: string | undefined): Limiter {
    const known = this.#limiters.get(limit)
    if (known !== undefined) return known
    const made = new Limiter(limit, (leftOut, level) => {
      const msg = `${leftOut} lines left out: more than ${limit.text}`
      this.core.sink.write({ ...this.record({ level, msg }, { time: now(), context: {} }, tag), leftOut })
    })
    this.#limiters.set(limit, made)
    return made
  }

  private record(call: LogCall, stamp: Stamp, tag: string | undefined): LogRecord {
    const { namespace, source, core } = this
    const { level, msg, data, err } = call
    const { time, context, span, site, late } = stamp
    const { redactor } = core
    const pkg = site?.pkg
    const module = tag ?? source.tag ?? (namespace || pkg?.name || 'APP')
    return {
      level,
      time,
      ...(WORKER !== undefined && { worker: WORKER }),
      source: source.name,
      ...(namespace && { namespace }),
      module,
      ...(pkg && { pkg: `${pkg.name}@${pkg.version}` }),
      ...(site && level >= core.traceFrom && { trace: site.trace }),
      ...contextFields(context, (field) => core.policy.shows(field, module), redactor),
      ...(late && { late }),
      ...span,
      ...(data && { data: snapshot(data, redactor, IN_DATA) }),
      ...(isError(err) && { err: snapshotError(err, redactor, IN_ERR) }),
      msg: redactor === undefined ? msg : redactor.masked(msg),
    }
  }
}

/** Names that a field cannot have, with what is put behind them. */
const TAKEN = new RegExp(`^(?:${[...RECORD_KEYS].join('|')})_*$`)

/** The fields that the record's module shows, as plain data; one that has the name of a key of ours gets an underscore behind it. */
function contextFields(
  context: Fields,
  shows: (field: string) => boolean,
  redactor: Redactor | undefined,
): Record<string, unknown> {
  const fields: Record<string, unknown> = Object.create(null)
  for (const [key, value] of Object.entries(context)) {
    if (value === undefined || !shows(key)) continue
    const name = key !== 'interactionId' && TAKEN.test(key) ? `${key}_` : key
    if (redactor?.hides(key, [])) fields[name] = REDACTED
    else fields[name] = key === 'interactionId' ? String(value) : snapshot(value, redactor, [key])
  }
  return fields
}
