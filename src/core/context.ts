import { AsyncLocalStorage } from 'node:async_hooks'
import type { Fields } from './record'

/** Who a line belongs to. Any other field may stand beside these. */
export interface ContextFields {
  readonly interactionId?: string
  readonly userId?: string | number
  readonly accountId?: string | number
  readonly [field: string]: unknown
}

/** One `run` in progress; `bind` changes its fields for everything that runs inside it. */
interface Scope {
  fields: ContextFields
}

/** What an error took along when it left a run. */
interface Left {
  readonly fields: ContextFields
  /** The run around that one, which the error may leave next. */
  readonly outer: Scope | undefined
}

const NONE: ContextFields = Object.freeze({})

/**
 * The fields of the current interaction, by AsyncLocalStorage. Only `run` opens a scope: `enterWith` leaks into
 * callers and is lost at HTTP events on Node 24 and 26, and a wrong id is worse than none.
 */
export class Context {
  readonly #scopes = new AsyncLocalStorage<Scope>()
  readonly #left = new WeakMap<object, Left>()

  /**
   * Runs `act` inside an interaction. Everything called from it, across awaits, timers and events it starts, carries
   * the fields, added to those of the run around it. An error that leaves it remembers them.
   *
   * @param fields copied now; later changes to the object are not seen
   * @returns what `act` returns; in place of a plain promise, one that settles alike
   * @throws what `act` throws
   */
  run<T>(fields: ContextFields, act: () => T): T {
    const outer = this.#scopes.getStore()
    const scope: Scope = { fields: merged(this.get(), fields) }
    const remember = (error: unknown): never => {
      if (isObject(error)) this.#left.set(error, { fields: this.#owner(error, scope), outer })
      throw error
    }
    return this.#scopes.run(scope, () => {
      let result: T
      try {
        result = act()
      } catch (error) {
        return remember(error)
      }
      return isPlainPromise(result) ? (result.then(undefined, remember) as T) : result
    })
  }

  /**
   * Adds fields for the rest of the enclosing `run`, nested calls included.
   *
   * @returns false outside every `run`: there is nothing to bind to, and nothing happens
   */
  bind(fields: ContextFields): boolean {
    const scope = this.#scopes.getStore()
    if (scope === undefined) return false
    scope.fields = merged(scope.fields, fields)
    return true
  }

  /** The current fields, frozen; empty outside every `run`. */
  get(): ContextFields {
    return this.#scopes.getStore()?.fields ?? NONE
  }

  /**
   * `fn`, to be called later in today's context: for callbacks that somebody else's pool or emitter calls.
   *
   * @returns a function with the same arguments, `this` and result
   */
  // biome-ignore lint/suspicious/noExplicitAny: any function
  wrap<F extends (...args: any[]) => any>(fn: F): F {
    const scope = this.#scopes.getStore()
    const scopes = this.#scopes
    return function wrapped(this: unknown, ...args: unknown[]) {
      return scope === undefined
        ? scopes.exit(() => Reflect.apply(fn, this, args))
        : scopes.run(scope, () => Reflect.apply(fn, this, args))
    } as F
  }

  /**
   * The fields for a line: its caller's, or outside every `run` those that its error left with.
   *
   * @param caller what `get` gave when the line was called
   */
  fieldsFor(error: unknown, caller: ContextFields): ContextFields {
    if (caller !== NONE) return caller
    return (isObject(error) ? this.#left.get(error)?.fields : undefined) ?? NONE
  }

  /**
   * Whose an error is that leaves `scope`: the innermost run's, while it goes from run to run around that one. An
   * error that leaves runs beside each other (a constant, a rejection that many await) is nobody's.
   */
  #owner(error: object, scope: Scope): ContextFields {
    const left = this.#left.get(error)
    if (left === undefined) return scope.fields
    return left.outer === scope ? left.fields : NONE
  }
}

function merged(outer: ContextFields, inner: ContextFields): ContextFields {
  return Object.freeze({ ...outer, ...(inner as Fields) })
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
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
