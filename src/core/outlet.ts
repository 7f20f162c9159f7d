import { isMainThread, workerThreads } from './builtins'
import type { Context } from './context'
import { safeJson } from './escape'
import { type Crowd, Followers } from './followers'
import { complainOf, guard } from './guard'
import type { Level } from './levels'
import { type Limit, Limiter } from './limits'
import { memberOf, membersOf } from './members'
import { now } from './natives'
import type { Outlet } from './patcher'
import type { Decision, Policy, Ruling } from './policy'
import type { Below, CallSite, Fields, LogCall, Stamp } from './record'
import type { Redactor } from './redact'
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
  /** The context fields that records of a module show, as members of a JSON object. */
  readonly contextMembers: (context: Fields, module: string) => string
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

/** What the lines of one outlet from one call site share. */
interface Caption {
  readonly decision: Decision
  readonly module: string
  /** Source, module and package as members of a JSON object. */
  readonly members: string
  /** The same with the call site. */
  readonly traced: string
}

/** A namespace may come from a request id: beyond this many, outlets are made anew. One takes less than 1 kB. */
const MAX_CHILDREN = 2 ** 14

const [IN_DATA, IN_ERR] = [['data'], ['err']]
const LATE = memberOf('late', true)
/** The call site of lines that have none, among the captions. */
const NOWHERE: CallSite = { trace: '' }

/** A value that logs while it is being logged: so deep a line goes on, deeper ones are lost. */
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
  #policy: Policy
  /** The call site of the last line: most namespaces have one. */
  #site: CallSite | undefined
  #caption: Caption | undefined
  #captions: WeakMap<CallSite, Caption> | undefined
  #limiters: Map<Limit, Limiter> | undefined
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

  reach(level: Level): number {
    const isWanted = !this.native && this.enabled(level) && this.isTraced(level)
    return isWanted ? this.core.tracer.reach(this.source.frames) : 0
  }

  stamp(level: Level, below?: Below): Stamp {
    const { tracer, context } = this.core
    const place = context.here()
    return {
      time: now(),
      context: context.fieldsAt(place),
      late: context.isOver(place),
      span: guard('asking for the active span', activeSpan, undefined),
      site: this.isTraced(level) ? tracer.site(below, this.source.frames) : undefined,
    }
  }

  write(call: LogCall): boolean {
    if (this.native) return false
    const wrapper = wrapperOf(call.msg)
    if (wrapper !== undefined && wrapper.outlet !== this)
      return unclaimed(() => wrapper.outlet.write({ ...call, ...wrapper.call }))
    const { level } = call
    if (!this.enabled(level)) return true
    if (depth >= MAX_DEPTH) {
      this.core.sink.lose()
      return true
    }
    depth++
    try {
      const stamp = call.stamp ?? this.stamp(level, call.below)
      const caption = this.caption(stamp.site)
      const { decision } = caption
      if (decision.native) return false
      if (level < decision.threshold) return true
      const { limit } = decision
      if (limit !== undefined && !this.limiter(limit, decision).admits(stamp.time, level)) return true
      return this.record(call, stamp, caption)
    } catch (error) {
      complainOf(`a line of ${this.source.name} stays native`, error)
      return false
    } finally {
      depth--
    }
  }

  private record({ level, msg, data, json, err }: LogCall, stamp: Stamp, caption: Caption): boolean {
    const { context, contextMembers, redactor, sink, traceFrom } = this.core
    const who = context.fieldsFor(err, stamp.context)
    const late = stamp.late && !context.hasLeft(err)
    let members = level >= traceFrom ? caption.traced : caption.members
    members += contextMembers(who, caption.module)
    if (late) members += LATE
    if (stamp.span !== undefined) members += membersOf(stamp.span)
    if (json !== undefined && redactor === undefined) members += `,"data":${safeJson(json)}`
    else {
      const fields = json === undefined ? data : JSON.parse(json)
      if (fields) members += memberOf('data', snapshot(fields, redactor, IN_DATA))
    }
    if (isError(err)) members += memberOf('err', snapshotError(err, redactor, IN_ERR))
    const taken = sink.write({
      level,
      time: stamp.time,
      members,
      msg: redactor === undefined ? msg : redactor.masked(msg),
    })
    if (taken) context.count(who, late)
    return taken
  }

  private isTraced(level: Level): boolean {
    return level >= this.core.traceFrom || this.ruling().at !== undefined
  }

  private ruling(): Ruling {
    const { policy } = this.core
    if (policy !== this.#policy) {
      this.#policy = policy
      this.#ruling = policy.ruling(this.source.name, this.namespace)
      this.#site = undefined
      this.#caption = undefined
      this.#captions = undefined
    }
    return this.#ruling
  }

  private caption(site: CallSite | undefined): Caption {
    const ruling = this.ruling()
    const key = site ?? NOWHERE
    if (this.#site === key && this.#caption !== undefined) return this.#caption
    let caption = this.#captions?.get(key)
    if (caption === undefined) {
      caption = this.captionOf(ruling.at?.(site) ?? ruling, site)
      // Of a second call site on; the first one's is made once more.
      if (this.#site !== undefined) {
        this.#captions ??= new WeakMap()
        this.#captions.set(key, caption)
      }
    }
    this.#site = key
    this.#caption = caption
    return caption
  }

  private captionOf(decision: Decision, site: CallSite | undefined): Caption {
    const { namespace, source } = this
    const { tag } = decision
    const pkg = site?.pkg
    const module = tag ?? source.tag ?? (namespace || pkg?.name || 'APP')
    const members = membersOf({
      worker: WORKER,
      source: source.name,
      namespace: namespace || undefined,
      module,
      pkg: pkg && `${pkg.name}@${pkg.version}`,
    })
    const traced = site === undefined ? members : members + memberOf('trace', site.trace)
    return { decision, module, members, traced }
  }

  private limiter(limit: Limit, decision: Decision): Limiter {
    const known = this.#limiters?.get(limit)
    if (known !== undefined) return known
    const { members } = this.captionOf(decision, undefined)
    const made = new Limiter(limit, (leftOut, level) => {
      const msg = `${leftOut} lines left out: more than ${limit.text}`
      this.core.sink.write({ level, time: now(), members: members + memberOf('leftOut', leftOut), msg })
    })
    this.#limiters ??= new Map()
    this.#limiters.set(limit, made)
    return made
  }
}
