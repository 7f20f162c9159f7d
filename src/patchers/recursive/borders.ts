import { builtinModules } from 'node:module'
import { sep } from 'node:path'
import { Stream } from 'node:stream'
import { types } from 'node:util'
import { isObject } from '../../core/guard'

/** Everything of the language and of Node that was loaded so far. */
const builtins = new WeakSet<object>()
let listed = 0

own(builtins, globalThis)

/** Whether a value is the language's or Node's own. */
export function isBuiltin(value: object): boolean {
  return builtins.has(value)
}

/** A value and what it inherits from, up to what is a built-in or a Proxy. */
export function chain(value: object): object[] {
  const all = prototypes(value)
  const end = all.findIndex((object) => builtins.has(object))
  return end < 0 ? all : all.slice(0, end)
}

/** Whether a value is a stream, Node's own or of a library that extends them. */
export function isStream(value: object): boolean {
  return prototypes(value).includes(Stream.prototype)
}

function prototypes(value: object): object[] {
  const objects: object[] = []
  let object: object | null = value
  while (object !== null && !types.isProxy(object)) {
    objects.push(object)
    object = Object.getPrototypeOf(object)
  }
  return objects
}

/** Where one copy of a package ends. */
export class Borders {
  readonly #foreign = new WeakSet<object>()

  /** @param dir absolute path of the copy's folder */
  constructor(private readonly dir: string) {}

  /** Whether a value was exported by another package. */
  isForeign(value: object): boolean {
    return this.#foreign.has(value)
  }

  /**
   * Learns the exports of other packages that a file of this one may hold: those that it required, or for an ES module
   * all that are loaded.
   *
   * @param known what was found inside the package already: whoever exports it too does not own it
   */
  learn(file: string, known: { has(value: object): boolean }): void {
    learnBuiltins()
    for (const module of require.cache[file]?.children ?? Object.values(require.cache)) {
      if (module !== undefined && !this.#contains(module.filename)) own(this.#foreign, module.exports, known)
    }
  }

  #contains(file: string): boolean {
    const inside = file?.startsWith(this.dir + sep) ? file.slice(this.dir.length) : undefined
    return inside !== undefined && !inside.includes(`${sep}node_modules${sep}`)
  }
}

function learnBuiltins(): void {
  // @types/node does not know it. Asking for a module that is not loaded would load it.
  const { moduleLoadList = [] } = process as unknown as { moduleLoadList?: readonly string[] }
  for (; listed < moduleLoadList.length; listed++) {
    const name = moduleLoadList[listed]?.replace('NativeModule ', '')
    if (name !== undefined && builtinModules.includes(name)) own(builtins, process.getBuiltinModule(name))
  }
}

/** Adds exports, what stands in them, and the prototypes of their classes. */
function own(set: WeakSet<object>, exports: unknown, except?: { has(value: object): boolean }): void {
  for (const value of [exports, ...values(exports)]) {
    if (!isObject(value) || except?.has(value)) continue
    set.add(value)
    const prototype = typeof value === 'function' ? dataOf(value, 'prototype') : undefined
    if (isObject(prototype)) set.add(prototype)
  }
}

function values(object: unknown): unknown[] {
  if (!isObject(object) || types.isProxy(object) || ArrayBuffer.isView(object)) return []
  return Reflect.ownKeys(object).map((key) => dataOf(object, key))
}

/** An own property; none where it cannot be read: of a Proxy, or an export of a module that has not run yet. */
export function propertyOf(object: object, key: PropertyKey): PropertyDescriptor | undefined {
  try {
    return types.isProxy(object) ? undefined : Object.getOwnPropertyDescriptor(object, key)
  } catch {
    return undefined
  }
}

/** The value of an own data property. */
export function dataOf(object: object, key: PropertyKey): unknown {
  return propertyOf(object, key)?.value
}
