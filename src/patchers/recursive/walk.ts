import { types } from 'node:util'
import { describe, isObject } from '../../core/guard'
import { type Borders, isBuiltin, isStream } from './borders'
import { namesLogger } from './names'

/** How far one walk goes: data properties below the exports, and objects in all. */
const MAX_DEPTH = 4
const MAX_NODES = 50_000

/** A value of the package, and how it was reached from the exports of its file. */
export interface Node {
  readonly value: object
  /** As a reader would write it: `exports.loggers.http`. */
  readonly path: string
  /** The last name of the path. */
  readonly name: string
  readonly depth: number
}

export interface Visitor {
  /** The value itself, or what a Proxy of ours stands for. */
  behind(value: object): object
  visit(node: Node): void
  /** A value that is not entered, or failed, and why. */
  skip(path: string, reason: string): void
}

/** A value that was reached before is walked again only where it is nearer to the exports now. */
export type Seen = WeakMap<object, number>

/**
 * Visits all that the exports of a file hold: data properties, values of Maps, statics, prototypes; the nearest first.
 * Runs no code of the package: no getter, no Proxy trap. What fails at one value is told, and the walk goes on.
 */
export function walk(exports: object, borders: Borders, seen: Seen, visitor: Visitor): void {
  const queue: Node[] = []
  enqueue({ value: exports, path: 'exports', name: '', depth: 0 })
  // grows while it is read
  for (const [i, node] of queue.entries()) {
    if (i >= MAX_NODES) {
      visitor.skip(node.path, `the walk ends here, after ${MAX_NODES} objects`)
      return
    }
    try {
      visitor.visit(node)
      for (const child of children(node, visitor)) enqueue(child)
    } catch (error) {
      visitor.skip(node.path, describe(error))
    }
  }

  function enqueue(found: Node): void {
    const node = { ...found, value: visitor.behind(found.value) }
    const { value, depth, path } = node
    if (depth > MAX_DEPTH || isBuiltin(value) || (seen.get(value) ?? MAX_DEPTH + 1) <= depth) return
    const obstacle = obstacleTo(node)
    if (obstacle === undefined) queue.push(node)
    else visitor.skip(path, obstacle)
    seen.set(value, depth)
  }

  function obstacleTo({ value, depth }: Node): string | undefined {
    if (types.isProxy(value)) return 'a Proxy'
    if (borders.isForeign(value)) return "another package's"
    if (depth > 0 && types.isModuleNamespaceObject(value)) return 'a module, which is walked when it loads'
    if (ArrayBuffer.isView(value) || (Array.isArray(value) && value.length > MAX_NODES))
      return 'a bulk of data'
    return isStream(value) ? 'a stream' : undefined
  }
}

function* children({ value, path, depth }: Node, visitor: Visitor): Generator<Node> {
  const child = (value: unknown, path: string, name: string): Node[] =>
    isObject(value) ? [{ value, path, name, depth: depth + 1 }] : []

  for (const key of Reflect.ownKeys(value)) {
    const name = String(key)
    const at = typeof key === 'string' ? `${path}.${name}` : `${path}[${name}]`
    try {
      const descriptor = Object.getOwnPropertyDescriptor(value, key)
      if (descriptor?.get && namesLogger(name)) visitor.skip(at, 'a getter')
      yield* child(descriptor?.value, at, name)
    } catch (error) {
      visitor.skip(at, describe(error))
    }
  }
  if (types.isMap(value)) {
    const entries: Node[] = []
    Map.prototype.forEach.call(value, (each, key) => {
      const name = typeof key === 'string' ? key : `${typeof key}`
      entries.push(...child(each, `${path}.get(${name})`, name))
    })
    yield* entries
  }
  const prototype = Object.getPrototypeOf(value)
  if (!types.isModuleNamespaceObject(value)) yield* child(prototype, `${path}.__proto__`, '')
}
