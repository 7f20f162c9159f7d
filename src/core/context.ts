import { AsyncLocalStorage } from 'node:async_hooks'
import { types } from 'node:util'
import { isObject } from './guard'
import type { Fields } from './record'
import type { ContextStats } from './stats'

/** Who a line belongs to. Any other field may stand beside these. */
export interface ContextFields {
  readonly interactionId?: string
  readonly userId?: string | number
  readonly accountId?: string | number
  readonly [field: string]: unknown
}

/** An interaction that is opened once and entered by many calls: the events of a request. */
export interface Interaction {
  /** Calls `fn` inside it. Where the caller is inside already, at whatever depth, that is a plain call. */
  apply(fn: CallableFunction, self: unknown, args: readonly unknown[]): unknown
  /** Says that it is over: a line that is called inside it from now on is late. */
  end(): void
}

/** What has an end that can be known. */
interface Life {
  ended: boolean
}

/** One `run` in progress; `bind` changes its fields for everything that runs inside it. */
interface Scope extends Life {
  fields: ContextFields
  /** Below the fields: what is only known at the time of a line. */
  readonly later: (() => ContextFields) | undefined
  /** The fields together as they last were: one object for all lines between two changes. */
  last?: { readonly below: ContextFields; readonly fields: ContextFields; readonly all: ContextFields }
  /** The interaction that it is part of, and ends with, where that was opened by `open`. */
  readonly opened: Life | undefined
}

/** Where in the program's interactions a call was made; undefined outside of all. */
export type Place = Scope | undefined

/** What an error took along when it left a run. */
interface Left {
  readonly fields: ContextFields
  /** The run that it left; absent where it is nobody's. */
  readonly scope?: Scope
  /** The run around that one, which the error may leave next. */
  readonly outer: Scope | undefined
}

/** How far the causes of an error, and the errors of an AggregateError, are followed. */
const MAX_CAUSES = 8
const MAX_ERRORS = 100

const NONE: ContextFields = Object.freeze({})

/**
 * The fields of the current interaction, by AsyncLocalStorage. Only `run` opens a scope: `enterWith` leaks into
 * callers and is lost at HTTP events on Node 24 and 26, and a wrong id is worse than none.
 */
export class Context {
  /** Made for the first interaction: Node loads two files for it. */
  #scopes: AsyncLocalStorage<Scope> | undefined
  readonly #left = new WeakMap<object, Left>()
  readonly #made = new WeakMap<object, Scope>()
  readonly #inherited: ContextFields
  readonly #stats = { alive: 0, without: 0, late: 0 }
  readonly #first: () => void

  /**
   * @param inherited the fields of everything outside of every run: the parent's, in a child process or a worker thread
   * @param first called before the first interaction opens
   */
  constructor(inherited?: ContextFields, first: () => void = () => undefined) {
    this.#inherited = inherited === undefined ? NONE : merged(NONE, inherited)
    this.#first = first
  }

  /**
   * Runs `act` inside an interaction. Everything called from it, across awaits, timers and events it starts, carries
   * the fields, added to those of the run around it. An error that leaves it remembers them.
   *
   * @param fields copied now; later changes to the object are not seen
   * @returns what `act` returns; in place of a plain promise, one that settles alike
   * @throws what `act` throws
   */
  run<T>(fields: ContextFields, act: () => T): T {
    const scopes = this.#use()
    const outer = scopes.getStore()
    const scope: Scope = {
      fields: merged(outer?.fields ?? this.#inherited, fields),
      later: outer?.later,
      opened: outer?.opened,
      ended: false,
    }
    return scopes.run(scope, () => {
      let result: T
      try {
        result = act()
      } catch (error) {
        return this.#leave(error, scope, outer)
      }
      return isPlainPromise(result) ? (this.#follow(result, scope, outer) as T) : result
    })
  }

  /**
   * Opens an interaction that takes nothing from the run around it, nor from the parent of the process.
   *
   * @param later gives more fields, below `fields` and those that are bound; the same object while they are the same.
   * Asked for each line, so it must not throw
   */
  open(fields: ContextFields, later?: () => ContextFields): Interaction {
    const scopes = this.#use()
    const opened: Life = { ended: false }
    const scope: Scope = { fields: merged(NONE, fields), later, opened, ended: false }
    this.#stats.alive++
    return {
      apply: (fn, self, args) => {
        const outer = scopes.getStore()
        if (outer?.opened === opened) return Reflect.apply(fn, self, args)
        try {
          return scopes.run(scope, Reflect.apply, fn, self, args)
        } catch (error) {
          return this.#leave(error, scope, outer)
        }
      },
      end: () => {
        if (!opened.ended) this.#end(opened)
      },
    }
  }

  /**
   * Adds fields for the rest of the enclosing `run`, nested calls included.
   *
   * @returns false outside every `run`: there is nothing to bind to, and nothing happens
   */
  bind(fields: ContextFields): boolean {
    const scope = this.here()
    if (scope === undefined) return false
    scope.fields = merged(scope.fields, fields)
    return true
  }

  /** The current fields, frozen; outside every `run` the inherited ones. */
  get(): ContextFields {
    return this.fieldsAt(this.here())
  }

  /** The fields that `get` gives there. */
  fieldsAt(place: Place): ContextFields {
    return place === undefined ? this.#inherited : fieldsOf(place)
  }

  /** Whether the interaction there has ended. */
  isOver(place: Place): boolean {
    return place !== undefined && (place.opened ?? place).ended
  }

  /** Counts a record that was written with these fields. */
  count(fields: ContextFields, late: boolean | undefined): void {
    if (late) this.#stats.late++
    else if (fields === NONE && this.#stats.alive > 0) this.#stats.without++
  }

  stats(): ContextStats {
    return Object.freeze({ ...this.#stats })
  }

  /**
   * `fn`, to be called later in today's context: for callbacks that somebody else's pool or emitter calls.
   *
   * @returns a function with the same arguments, `this` and result
   */
  // biome-ignore lint/suspicious/noExplicitAny: any function
  wrap<F extends (...args: any[]) => any>(fn: F): F {
    const place = this.here()
    const within = (self: unknown, args: unknown[]) => this.within([place], fn, self, args)
    return function wrapped(this: unknown, ...args: unknown[]) {
      return within(this, args)
    } as F
  }

  /** For `within`. */
  here(): Place {
    return this.#scopes?.getStore()
  }

  /** Calls `fn` for everybody who asked for it: in their context where it is one, else in none. */
  within(places: readonly Place[], fn: CallableFunction, self: unknown, args: readonly unknown[]): unknown {
    const scopes = this.#scopes
    if (scopes === undefined) return Reflect.apply(fn, self, args)
    const [first] = places
    const scope = places.every((place) => place === first) ? first : undefined
    const outer = scopes.getStore()
    try {
      // No `exit`: on Node 20 a `run` inside ends it, and what follows has the context from before it.
      return scopes.run(scope as Scope, Reflect.apply, fn, self, args)
    } catch (error) {
      if (scope === undefined) throw error
      return this.#leave(error, scope, outer)
    }
  }

  /** Remembers where an error was made. Where it leaves a run later, that run counts. */
  made(error: object): void {
    const scope = this.here()
    if (scope !== undefined) this.#made.set(error, scope)
  }

  /** Remembers where an error was thrown that nobody caught. */
  uncaught(error: unknown): void {
    const scope = this.here()
    if (scope !== undefined && isObject(error)) this.#left.set(error, this.#leaving(error, scope, undefined))
  }

  /** `wrap`, for a callback that a program may give to a library; a value that is no function comes back as it is. */
  carry<T>(callback: T): T {
    return typeof callback === 'function' ? (this.wrap(callback as never) as T) : callback
  }

  /**
   * The fields for a line: its caller's, or outside every `run` those that its error left with.
   *
   * @param caller what `get` gave when the line was called
   */
  fieldsFor(error: unknown, caller: ContextFields): ContextFields {
    return caller === this.#inherited ? (this.#remembered(error)?.fields ?? caller) : caller
  }

  /** Whether an error has left a run. */
  hasLeft(error: unknown): boolean {
    return isObject(error) && this.#left.has(error)
  }

  /**
   * What an error left with or was made with, or else its cause, or else the errors of an AggregateError, where these are all of one
   * run. No getter of the error runs.
   */
  #remembered(error: unknown, depth = MAX_CAUSES): Left | undefined {
    if (!isObject(error) || types.isProxy(error) || depth === 0) return undefined
    const made = this.#made.get(error)
    const own =
      this.#left.get(error) ??
      (made && { fields: fieldsOf(made), scope: made, outer: undefined }) ??
      this.#remembered(dataOf(error, 'cause'), depth - 1)
    if (own !== undefined) return own
    const errors = dataOf(error, 'errors')
    if (!Array.isArray(errors)) return undefined
    const [first, ...others] = errors
      .slice(0, MAX_ERRORS)
      .flatMap((each) => this.#remembered(each, depth - 1) ?? [])
    return others.every(({ scope }) => scope !== undefined && scope === first?.scope) ? first : undefined
  }

  /** A promise that settles alike, and the interaction ends with it. */
  #follow<T>(promise: Promise<T>, scope: Scope, outer: Scope | undefined): Promise<T> {
    const { opened } = scope
    if (opened === undefined) this.#stats.alive++
    const end = (): void => (opened === undefined ? this.#end(scope) : undefined)
    return promise.then(
      (value) => {
        end()
        return value
      },
      (error) => {
        end()
        return this.#leave(error, scope, outer)
      },
    )
  }

  #end(life: Life): void {
    life.ended = true
    this.#stats.alive--
  }

  #use(): AsyncLocalStorage<Scope> {
    if (this.#scopes === undefined) {
      this.#scopes = new AsyncLocalStorage()
      this.#first()
    }
    return this.#scopes
  }

  /** Throws the error on, which remembers where it comes from. */
  #leave(error: unknown, scope: Scope, outer: Scope | undefined): never {
    if (isObject(error)) this.#left.set(error, this.#leaving(error, scope, outer))
    throw error
  }

  /**
   * Whose an error is that leaves `scope`: the innermost run's, while it goes from run to run around that one. An
   * error that leaves runs beside each other (a constant, a rejection that many await) is nobody's.
   */
  #leaving(error: object, scope: Scope, outer: Scope | undefined): Left {
    const left = this.#left.get(error)
    if (left === undefined || left.scope === scope) return { fields: fieldsOf(scope), scope, outer }
    return left.outer === scope ? { ...left, outer } : { fields: NONE, outer }
  }
}

function fieldsOf(scope: Scope): ContextFields {
  const { later, fields, last } = scope
  if (later === undefined) return fields
  const below = later()
  if (last?.below === below && last.fields === fields) return last.all
  const all = merged(below, fields)
  scope.last = { below, fields, all }
  return all
}

function merged(outer: ContextFields, inner: ContextFields): ContextFields {
  return Object.freeze({ ...outer, ...(inner as Fields) })
}

function dataOf(error: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(error, key)?.value
}

/**
 * A promise that is nothing but its outcome. Another may be lazy (a query builder, whose `then` starts it) or carry
 * more (the `child` of a promisified `execFile`): the caller gets that very one, and its error remembers nothing.
 */
function isPlainPromise(value: unknown): value is Promise<unknown> {
  return (
    isObject(value) && Object.getPrototypeOf(value) === Promise.prototype && Object.keys(value).length === 0
  )
}
