import { LEVELS, type Level } from '../../core/levels'
import type { Outlet } from '../../core/patcher'
import { wrapMethod } from '../../core/shim'

export type Log = (...args: unknown[]) => unknown

/** One namespace's function: `require('debug')('app')`. */
export interface Instance extends CallableFunction {
  readonly namespace: string
  enabled: unknown
  log?: Log | undefined
}

export interface Enabling {
  log: Log
  /** All instances, in 3 and before 4.3. */
  readonly instances?: readonly Instance[]
  /** Since 4.3.2: while it is the same, an instance keeps its answer. 4.3.0 and 4.3.1 keep none. */
  namespaces?: unknown
  enabled(namespace: string): boolean
}

/** Puts what `levels` says before the namespaces that the program enables. */
export function followLevels(createDebug: Enabling, outlet: Outlet): void {
  const nativeLog = createDebug.log
  /** Namespaces with a log function of the program's own, which may lose no line: the outlet hides what is printed. */
  const elsewhere = new Set<string>()
  /** What the program wants of an instance that `levels` overrules. */
  const owns = new WeakMap<Instance, unknown>()
  let asProgram = false
  /** Since 4.3, where `enabled` cannot be redefined: what the program assigns to it stays in force. */
  let asksAnew: boolean | undefined

  function programs<T>(act: () => T): T {
    asProgram = true
    try {
      return act()
    } finally {
      asProgram = false
    }
  }

  wrapMethod(createDebug, 'enabled', (native, self, args) => {
    const own = Reflect.apply(native, self, args)
    if (asProgram) return own
    const { named } = outlet.child(args[0])
    if (named === undefined || named <= LEVELS.debug) return named === undefined ? own : true
    return own && (createDebug.log !== nativeLog || elsewhere.has(args[0]))
  })

  // 3 and 4 before 4.3 give each instance its answer here, as 2 does when it makes one.
  wrapMethod(createDebug, 'enable', (native, self, args) => programs(() => Reflect.apply(native, self, args)))

  wrapMethod(createDebug, 'init', (native, self, args) => {
    const outcome = Reflect.apply(native, self, args)
    const instance: Instance = args[0]
    const own = outlet.child(instance.namespace)
    asksAnew ??= Object.getOwnPropertyDescriptor(instance, 'enabled')?.configurable === false
    if (!asksAnew && own.named !== undefined)
      instance.enabled = programs(() => createDebug.enabled(instance.namespace))
    follow(instance, own)
    return outcome
  })
  // Loaded before us.
  for (const instance of createDebug.instances ?? []) follow(instance, outlet.child(instance.namespace))

  function follow(instance: Instance, own: Outlet): void {
    if (!own.native) own.follow(instance, asksAnew ? askAnew : overrule)
  }

  function overrule(instance: Instance, level: Level | undefined): void {
    const own = owns.has(instance) ? owns.get(instance) : instance.enabled
    owns.set(instance, own)
    const shared = { configurable: true, enumerable: true }
    if (level === undefined) {
      Object.defineProperty(instance, 'enabled', { ...shared, value: own, writable: true })
      owns.delete(instance)
      return
    }
    Object.defineProperty(instance, 'enabled', {
      ...shared,
      get(this: Instance) {
        return level <= LEVELS.debug || ((this.log ?? createDebug.log) !== nativeLog && owns.get(this))
      },
      set(this: Instance, enabled: unknown) {
        owns.set(this, enabled)
      },
    })
  }

  function askAnew(instance: Instance, level: Level | undefined): void {
    forget(instance)
    if (level === undefined) unwatch(instance)
    else watch(instance, instance.log, isSet(instance))
  }

  /** Makes it ask `enabled` at its next line. */
  function forget(instance: Instance): void {
    if (!('namespaces' in createDebug)) return
    const { namespaces } = createDebug
    createDebug.namespaces = Symbol()
    void instance.enabled
    createDebug.namespaces = namespaces
  }

  /** Learns of the log function that the program gives an instance that keeps its answer. */
  function watch(instance: Instance, log: Log | undefined, enumerable: boolean): void {
    Object.defineProperty(instance, 'log', {
      configurable: true,
      enumerable,
      get: () => log,
      set: (next) => watch(instance, next, true),
    })
    if (log === undefined || log === nativeLog || elsewhere.has(instance.namespace)) return
    elsewhere.add(instance.namespace)
    forget(instance)
  }

  function unwatch(instance: Instance): void {
    const { log } = instance
    const wasSet = isSet(instance)
    delete instance.log
    if (wasSet) instance.log = log
  }
}

/** Whether the program sees a log function on an instance: what watches it is not enumerable before. */
function isSet(instance: Instance): boolean {
  return Object.getOwnPropertyDescriptor(instance, 'log')?.enumerable ?? false
}
