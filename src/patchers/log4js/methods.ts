import { complainOf } from '../../core/guard'
import { look } from '../../core/look'
import type { Target } from '../../core/patcher'
import type { Stamp } from '../../core/record'
import { replaceMethod, wrapMethod } from '../../core/shim'
import { levelOf } from './levels'
import type { Event } from './line'
import { onConfigured } from './thresholds'

type LibraryLevel = Event['level']

interface Logger {
  readonly category: string
  log(level: LibraryLevel, ...args: unknown[]): void
}

export type Method = (this: Logger, ...args: unknown[]) => void
type Prototype = Record<string, Method>

/** `log.info` and the like, as every version writes them. */
const OWN = /^function\s*\(\.\.\.args\) \{\s*this\.log\(level, \.\.\.args\);\s*\}$/

/** By category, the lowest level of a line that was printed: as far as can be known, others are as well. */
const printed = new Map<string, number>()
/** A category may come from a request id. */
const MANY = 1_000

/** What the method in progress knows of its line. */
let early: { readonly category: string; readonly level: LibraryLevel; readonly stamp: Stamp } | undefined

/** The stamp that the method in progress has taken for this line. */
export function earlyStamp({ categoryName, level }: Event): Stamp | undefined {
  if (early?.category !== categoryName || early.level !== level) return undefined
  const { stamp } = early
  early = undefined
  return stamp
}

/** Says that a line is printed, and by nobody but us. */
export function noteLine({ categoryName, level }: Event): void {
  const lowest = printed.get(categoryName)
  if (lowest !== undefined && lowest <= level.level) return
  if (printed.size >= MANY) printed.clear()
  printed.set(categoryName, level.level)
}

/**
 * Puts methods of ours in the place of those of the levels, which log4js makes anew when it is configured: there the
 * caller is near, and so cheaper to find. They do what the library's own do, in one frame: with `enableCallStack` it
 * finds its caller by counting. A parser of the program's own sees their names, so it gets the library's.
 */
export function takeMethods(prototype: Prototype, { outlet, dir }: Target): void {
  const taken = new Map<string, { readonly ours: Method; readonly native: Method }>()
  let isSeen = false

  function take(): void {
    for (const name of isSeen ? [] : Object.keys(prototype)) {
      const native = prototype[name] as Method
      if (!OWN.test(Function.prototype.toString.call(native))) continue
      const ours = methodOf(levelIn(native))
      replaceMethod(prototype, name, ours)
      taken.set(name, { ours, native })
    }
  }

  function methodOf(level: LibraryLevel): Method {
    const known = levelOf(level)
    const method: Method = function (...args) {
      const outer = early
      early = undefined
      try {
        const category = this?.category
        if (level.level >= (printed.get(category) ?? Number.POSITIVE_INFINITY)) {
          const own = outlet.child(category)
          early = { category, level, stamp: own.stamp(known, look(method, own.reach(known))) }
        }
      } catch (error) {
        complainOf('finding the caller of a line of log4js failed', error)
      }
      try {
        this.log(level, ...args)
      } finally {
        if (early !== undefined) printed.delete(early.category)
        early = outer
      }
    }
    return method
  }

  take()
  onConfigured(dir, take)
  if (prototype.setParseCallStackFunction === undefined) return
  wrapMethod(prototype, 'setParseCallStackFunction', (native, self, args) => {
    isSeen = true
    for (const [name, { ours, native }] of taken) if (prototype[name] === ours) prototype[name] = native
    return Reflect.apply(native, self, args)
  })
}

/** What a method is bound to shows when it calls. */
function levelIn(method: Method): LibraryLevel {
  let found: LibraryLevel | undefined
  method.call({
    category: '',
    log(level) {
      found = level
    },
  })
  return found as LibraryLevel
}
