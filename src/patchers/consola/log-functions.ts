import { complainOf } from '../../core/guard'
import { look } from '../../core/look'
import { firstError, printed } from '../../core/message'
import type { Outlet, Target } from '../../core/patcher'
import type { LogCall } from '../../core/record'
import { type Around, replaceMethod, through, wrapMethod } from '../../core/shim'
import { isError } from '../../core/snapshot'
import { claiming } from '../../core/terminal'
import { define, patches } from '../../core/undo'
import { type Call, callInProgress, during, type LogObject, levelOf, lineOf, messageOf, tagOf } from './line'
import { arePlain } from './reporters'
import { govern, hasOurs, type Instance, outletFor, outletOf, raisedReporters } from './thresholds'

type LogFn = ((...args: unknown[]) => unknown) & { raw?: LogFn }

/** An instance, as its log functions use it. */
interface Printer extends Instance {
  _logFn(defaults: LogObject, args: readonly unknown[], isRaw: boolean | undefined): unknown
  _wrapLogFn(...rest: unknown[]): LogFn
  pause?(): void
  pauseLogs?(): void
  resume?(): void
  resumeLogs?(): void
  readonly _lastLog?: { readonly count?: number }
  readonly _lastLogCount?: number
  readonly _throttleMin?: number
}

const PAUSED = [
  ['pause', 'pauseLogs', true],
  ['resume', 'resumeLogs', false],
] as const

/** The library's log functions have no name, and `const logFn = () => {}` gives one. */
const nameless = <F>(fn: F): F => fn

/** Learns of each line who called and when. */
export function takeLogFunctions(proto: Printer, target: Target): void {
  const { outlet, version } = target
  const isTwo = version.startsWith('2.')
  // What 3 answers to a disabled line. 2 asks `async`.
  const saysNo = isTwo ? undefined : proto._logFn
  let mayGovern = false
  if (isTwo)
    outlet.whenNamed(() => {
      mayGovern = true
    })
  let paused = false
  for (const [name, alias, value] of PAUSED) {
    const { [name]: native, [alias]: other } = proto
    if (native === undefined) continue
    wrapMethod(proto, name, (native, self, args) => {
      paused = value
      return Reflect.apply(native, self, args)
    })
    if (other === native)
      define(proto, alias, { ...Object.getOwnPropertyDescriptor(proto, alias), value: proto[name] })
  }

  // Called twice for each type of each instance.
  const { _wrapLogFn: native } = proto
  replaceMethod(proto, '_wrapLogFn', function (this: Printer, ...rest: unknown[]): LogFn {
    const [defaults, isRaw] = rest as [LogObject, boolean | undefined]
    const { level } = defaults
    const type = levelOf(defaults)
    const print: LogFn = Reflect.apply(native, this, rest)
    let own: Outlet | undefined
    let isGoverned = false
    const governs = (): boolean => {
      own ??= outletOf(this, target)
      return own.named !== undefined && govern(this, target)
    }
    let printsAs: Outlet | undefined
    /** The outlet of a line that a built-in reporter gets, where it is sure to be of this type. */
    const sureOutlet = (args: readonly unknown[]): Outlet | undefined => {
      // A single object may be a line that says its type itself.
      if (args.length === 1 && typeof args[0] === 'object' && !isError(args[0])) return undefined
      printsAs ??= outletFor(defaults, target)
      const isSure = !printsAs.native && printsAs.enabled(type) && hasOurs(this) && !leavesOut(this)
      return isSure ? printsAs : undefined
    }
    const printNow = (call: Call, args: readonly unknown[]): unknown =>
      through(
        'a log function of consola',
        () => print(...args),
        (print) => during(call, print),
      )
    // The queue keeps what the function is bound to.
    const queue = (args: readonly unknown[]): unknown =>
      through(
        'a log function of consola',
        () => print(...args),
        () => {
          const stamp = outlet.child(tagOf(defaults)).stamp(type, logFn)
          const value: LogFn = (...late) =>
            during({ below: logFn, level, stamp }, () => Reflect.apply(this._logFn, this, late))
          return Reflect.apply(native, Object.create(this, { _logFn: { value } }), rest)(...args)
        },
      )
    // Disabled lines end here: no function in this one, as V8 allocates for what those see of a call, and no arguments
    // handed on where it can be helped.
    const logFn: LogFn = nameless((...args) => {
      if (patches.off) return print(...args)
      if (mayGovern && !isGoverned) isGoverned = governs()
      if (paused) return queue(args)
      if (level > this.level) return this._logFn === saysNo ? false : this._logFn(defaults, args, isRaw)
      const call: Call = { below: logFn, level }
      try {
        const own = sureOutlet(args)
        call.stamp = own?.stamp(type, look(logFn, own.reach(type)))
      } catch (error) {
        complainOf('finding the caller of a line of consola failed', error)
      }
      return printNow(call, args)
    })
    // Those of 2.0 are bound and have one.
    if (print.name !== '') Object.defineProperty(logFn, 'name', { value: print.name, configurable: true })
    return logFn
  })

  for (const name of ['_log', '_logAsync']) if (name in proto) wrapMethod(proto, name, aroundLog(target))
}

/** Whether lines repeat, which are counted and not printed. */
function leavesOut({ options, _lastLog, _lastLogCount, _throttleMin }: Printer): boolean {
  const [count = 0, most = 0] = options
    ? [_lastLog?.count, options.throttleMin]
    : [_lastLogCount, _throttleMin]
  return count > most
}

/** Behind threshold, queue and throttle, before the reporters. */
function aroundLog(target: Target): Around {
  const { outlet } = target
  const latest = new WeakMap<object, Call | undefined>()
  return (native, self, args) => {
    const [logObj] = args as [LogObject]
    const own = outlet.child(tagOf(logObj))
    if (own.native) return Reflect.apply(native, self, args)
    // "(repeated 3 times)" is a copy of the line that repeats, with the date and the caller of that one.
    const newest = self._lastLogTime ?? self._lastLog?.time
    const call = newest === undefined || newest === logObj.date ? callInProgress() : latest.get(self)
    latest.set(self, call)
    // A reporter of the user's own may print through console.
    const claim = (text: string): LogCall | undefined => {
      const msg = messageOf(logObj, self.options?.formatOptions)
      if (msg === '' || !printed(text, msg)) return undefined
      return lineOf(own, logObj, call, { msg, err: firstError(logObj.args) })
    }
    const only = raisedReporters(self, call?.level ?? logObj.level, target)
    const printer = only === undefined ? self : withReporters(self, only)
    const print = () => Reflect.apply(native, printer, args)
    return during(call, () => (arePlain(self) ? print() : claiming({ outlet: own, call: claim }, print)))
  }
}

// biome-ignore lint/suspicious/noExplicitAny: an instance of two majors
function withReporters(instance: any, reporters: readonly unknown[]): object {
  const options = { ...instance.options, reporters }
  return Object.create(instance, { options: { value: options }, _reporters: { value: reporters } })
}

/**
 * Makes the log functions of an instance anew.
 *
 * @param wrapLogFn makes one of what it is bound to
 */
// biome-ignore lint/suspicious/noExplicitAny: an instance of two majors
export function remake(instance: any, wrapLogFn = instance._wrapLogFn): void {
  if (instance._mockFn) return
  const again = (logFn: LogFn): LogFn => {
    // What a function is bound to shows when it calls.
    let bound: unknown[] | undefined
    instance._logFn = (...args: unknown[]) => {
      bound = args
    }
    logFn()
    delete instance._logFn
    return bound === undefined ? logFn : Reflect.apply(wrapLogFn, instance, [bound[0], bound[2]])
  }
  for (const type of Object.keys(instance._types ?? instance.options.types)) {
    const { raw } = instance[type]
    instance[type] = again(instance[type])
    if (raw) instance[type].raw = again(raw)
  }
}
