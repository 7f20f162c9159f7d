import type { EventEmitter } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import { Server } from 'node:net'
import { hasLoaded } from '../core/builtins'
import type { Interaction } from '../core/context'
import { guard } from '../core/guard'
import { define, patches } from '../core/undo'
import { pathOf } from './route'

/** A request that came to a server of `http`, `https` or `http2`. */
export interface Exchange {
  readonly headers: IncomingHttpHeaders
  readonly method: string
  readonly path: string
  /** Node's own request; absent for a stream of HTTP/2. */
  readonly req: EventEmitter | undefined
  /** The response, the stream of HTTP/2, the socket behind an upgrade: what closes when it is over. */
  readonly res: EventEmitter | undefined
}

/** What came of an exchange. */
export interface Opened {
  readonly interaction: Interaction
  /** Called when `res` has closed, behind its listeners. */
  readonly closed?: (() => void) | undefined
}

type Emit = (event: unknown, ...args: unknown[]) => unknown
type Act = (native: Emit, self: unknown, args: unknown[]) => unknown

interface Request extends EventEmitter {
  readonly readableFlowing: boolean | null
  readonly readableEnded: boolean
  readonly headers: IncomingHttpHeaders
  readonly method: string
  readonly url?: string
  /** Of HTTP/2. */
  readonly stream?: EventEmitter
}

/** Events of a server that bring a request, and who else in their arguments is the request's alone. */
const ARRIVALS: ReadonlyMap<unknown, 'res' | 'socket' | 'stream' | 'none'> = new Map([
  ['request', 'res'],
  ['checkContinue', 'res'],
  ['checkExpectation', 'res'],
  ['upgrade', 'socket'],
  ['connect', 'socket'],
  ['stream', 'stream'],
  ['dropRequest', 'none'],
] as const)

/**
 * From now on each request that comes to a server of this process runs in its own interaction, with every event of its
 * request, response, stream or upgraded socket. Nothing is listened to.
 *
 * The servers of `http`, `https` and `http2` have one `emit` in common, that of `net.Server`: so it is told to all of
 * them, those that exist already and the classes that `http2` keeps for itself.
 *
 * @param open asked once for each request; where it throws, the request goes on without
 */
export function watchServers(open: (exchange: Exchange) => Opened): void {
  const known = new WeakMap<object, Interaction>()

  const interactionOf = (event: unknown, args: readonly unknown[]): Interaction | undefined => {
    const exchange = exchangeOf(event, args)
    if (exchange === undefined) return undefined
    const { req, res } = exchange
    const stream = (req as Request | undefined)?.stream
    // A server may hand its requests to another one, and the streams of HTTP/2 become requests.
    const older = [req, stream, res].flatMap((part) => (part && known.get(part)) ?? [])[0]
    const { interaction, closed }: Opened = older ? { interaction: older } : open(exchange)
    // A request closes behind its response as often as before it, and never where nobody reads it to the end.
    const lasting = new Set(ARRIVALS.get(event) === 'res' ? [req, res] : [res])
    const close = (part: EventEmitter): void => {
      if (part === res) {
        if (closed) interaction.apply(closed, undefined, [])
        if (req !== undefined && isLeftUnread(req)) lasting.delete(req)
      }
      if (lasting.delete(part) && lasting.size === 0) interaction.end()
    }
    for (const part of [req, res]) {
      if (part === undefined || known.has(part)) continue
      known.set(part, interaction)
      carry(part, 'emit', interaction, older ? undefined : () => close(part))
      // A pipelined response gets the socket when the one before it is through, in whose context it writes then.
      if (isWaiting(part)) carry(part, 'assignSocket', interaction)
    }
    return interaction
  }

  for (const prototype of [Server.prototype, ...takenByOthers()]) {
    const emit: Act = (native, self, args) => {
      const interaction =
        !patches.off && ARRIVALS.has(args[0])
          ? guard(
              'opening the interaction of a request',
              () => interactionOf(args[0], args.slice(1)),
              undefined,
            )
          : undefined
      if (interaction === undefined) return Reflect.apply(native, self, args)
      try {
        return interaction.apply(native, self, args)
      } finally {
        if (ARRIVALS.get(args[0]) === 'none') interaction.end()
      }
    }
    around(prototype, 'emit', emit, define)
  }
}

/** Agents that were preloaded before us (OpenTelemetry's) have given these classes an `emit` that passes ours by. */
function takenByOthers(): object[] {
  return ['http', 'https']
    .filter(hasLoaded)
    .map((name) => (require(`node:${name}`) as typeof import('node:http')).Server.prototype)
    .filter((prototype) => Object.hasOwn(prototype, 'emit'))
}

function exchangeOf(event: unknown, [first, second]: readonly unknown[]): Exchange | undefined {
  const other = ARRIVALS.get(event)
  if (other === 'stream') {
    const headers = second as IncomingHttpHeaders & Record<':method' | ':path', string>
    if (!isEmitter(first) || typeof headers?.[':method'] !== 'string') return undefined
    return { headers, method: headers[':method'], path: pathOf(headers[':path']), req: undefined, res: first }
  }
  // A server of some other protocol may have requests of its own.
  if (!isRequest(first)) return undefined
  const { headers, method, url } = first
  const res = other !== 'none' && isEmitter(second) ? second : undefined
  return { headers, method, path: pathOf(url), req: first, res }
}

function isEmitter(value: unknown): value is EventEmitter {
  return typeof value === 'object' && value !== null && typeof (value as EventEmitter).emit === 'function'
}

function isRequest(value: unknown): value is Request {
  const { headers, method } = Object(value) as Partial<Request>
  return isEmitter(value) && typeof headers === 'object' && headers !== null && typeof method === 'string'
}

function isLeftUnread(req: object): boolean {
  const { readableFlowing, readableEnded } = req as Partial<Request>
  return readableFlowing === false && readableEnded === false
}

function isWaiting(part: object): boolean {
  const { socket, assignSocket } = part as { socket?: unknown; assignSocket?: unknown }
  return socket === null && typeof assignSocket === 'function'
}

function carry(
  part: object,
  method: 'emit' | 'assignSocket',
  interaction: Interaction,
  closed?: () => void,
): void {
  around(part, method, (native, self, args) => {
    try {
      return interaction.apply(native, self, args)
    } finally {
      if (closed !== undefined && args[0] === 'close') {
        guard('ending a request', closed, undefined)
      }
    }
  })
}

/**
 * Gives an object a method of its own that stands around the one that it has or inherits. What is inherited is looked up
 * at each call: Express changes the prototype of a request, `node:domain` the `emit` of every emitter.
 */
function around(
  owner: object,
  key: 'emit' | 'assignSocket',
  act: Act,
  put: (owner: object, key: string, ours: PropertyDescriptor) => unknown = Object.defineProperty,
): void {
  const own = Object.getOwnPropertyDescriptor(owner, key)?.value as Emit | undefined
  const { [key]: value } = {
    [key](this: unknown, first: unknown, ...rest: unknown[]): unknown {
      return act(own ?? Object.getPrototypeOf(owner)[key], this, [first, ...rest])
    },
  }
  put(owner, key, { value, writable: true, configurable: true, enumerable: false })
}
