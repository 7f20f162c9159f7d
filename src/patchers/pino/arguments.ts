import type { Target } from '../../core/patcher'
import { unwrapped, wrapMethod, wrapped } from '../../core/shim'
import { prettyPrint } from './pretty-print'
import type { Stream } from './printer'
import { type TransportOptions, transport } from './transports'

interface Options {
  readonly prettyPrint?: unknown
  readonly transport?: TransportOptions
  readonly customLevels?: Readonly<Record<string, number>>
}

/** What pino makes of the arguments of `pino()`. */
interface Normalized {
  readonly opts: object
  readonly stream: Stream
}

type Normalize = (options: Options, stream?: Stream) => Normalized

/** The options `transport` and `prettyPrint` (up to version 7): what their streams print is known here only. */
export function patchArguments(tools: object, { outlet, version }: Target): void {
  wrapMethod(tools, 'createArgsNormalizer', (native, self, args) => {
    const normalizer = Reflect.apply(native, self, args)
    return wrapped(normalizer, (normalize, self, args) => {
      // The options come behind the instance, from version 7 on behind the caller too.
      const before = args.slice(0, normalizer.length)
      const [options = {}, stream] = args.slice(normalizer.length)
      const made: Normalize = (options, stream) => {
        const make = () => Reflect.apply(normalize, self, [...before, options, stream])
        return takesStdout(options, stream) ? withNativeStdout(make) : make()
      }
      if (outlet.native) return made(options, stream)
      if (options.prettyPrint) {
        const { stream: destination } = made({ ...options, prettyPrint: false }, stream)
        return prettyPrint(destination, (stream) => made(options, stream))
      }
      // A stream in its place pino refuses.
      return options.transport && !('write' in options.transport)
        ? withTransport(options, (options) => made(options, stream), version)
        : made(options, stream)
    })
  })
}

function withTransport(options: Options, made: Normalize, version: string): Normalized {
  let normalized: Normalized | undefined
  const make = (transport: TransportOptions): Stream => {
    const one = made({ ...options, transport })
    normalized ??= one
    return one.stream
  }
  transport({ ...options.transport, levels: options.customLevels }, make, version)
  return normalized as Normalized
}

function takesStdout(options: Options | string, stream: Stream): boolean {
  if (stream) return stream.fd === 1
  return typeof options === 'object' && !options.transport && !('write' in options)
}

/** Where somebody replaced its `write`, pino uses `process.stdout` in place of the descriptor: we are nobody. */
function withNativeStdout<T>(act: () => T): T {
  const { stdout } = process
  const native = unwrapped(stdout.write)
  const own = Object.getOwnPropertyDescriptor(stdout, 'write')
  if (own === undefined || own.value === native || native !== Object.getPrototypeOf(stdout).write)
    return act()
  Object.defineProperty(stdout, 'write', { ...own, value: native })
  try {
    return act()
  } finally {
    Object.defineProperty(stdout, 'write', own)
  }
}
