import { define, onUndo } from './undo'

const SUBCLASSES = [
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'EvalError',
  'URIError',
  'AggregateError',
  // Node 24 and later.
  'SuppressedError',
]

/**
 * Has `made` told of every error that is made from now on by a global constructor, or by a class that extends one.
 *
 * @param made must not throw
 */
export function watchErrors(made: (error: object) => void): void {
  const globals = globalThis as unknown as Record<string, ErrorConstructor | undefined>
  const { Error: error } = globalThis
  const base = watched(error, made, {
    // node:assert asks whether a class descends from the Error that it knows. Once frozen, a target must tell its own.
    getPrototypeOf: (native) => (Object.isExtensible(native) ? error : Object.getPrototypeOf(native)),
  })
  for (const name of SUBCLASSES) {
    const native = globals[name]
    if (native === undefined) continue
    Object.setPrototypeOf(native, base)
    onUndo(native, () => Object.setPrototypeOf(native, error))
    replace(globals, name, watched(native, made))
  }
  replace(globalThis, 'Error', base)
}

/** What stands in the place of a constructor. It is a proxy: everything else about it is the native one's. */
function watched(
  native: ErrorConstructor,
  made: (error: object) => void,
  traps: ProxyHandler<ErrorConstructor> = {},
): ErrorConstructor {
  // V8 leaves out of a stack what stands above `new.target`, if that is a plain function: so the traps are.
  function construct(_: unknown, args: unknown[], target: unknown): object {
    const error = Reflect.construct(native, args, target === proxy ? construct : (target as ErrorConstructor))
    made(error)
    return error
  }
  function apply(_: unknown, _self: unknown, args: unknown[]): object {
    const error = Reflect.construct(native, args, apply)
    made(error)
    return error
  }
  construct.prototype = apply.prototype = native.prototype
  const handler: ProxyHandler<ErrorConstructor> = { ...traps, construct, apply: apply as never }
  const proxy = new Proxy(native, handler)
  replace(native.prototype, 'constructor', proxy)
  return proxy
}

function replace(owner: object, key: string, value: unknown): void {
  define(owner, key, { ...Object.getOwnPropertyDescriptor(owner, key), value })
}
