import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Patcher } from '../core/patcher'
import { wrapMethod } from '../core/shim'
import { onUndo } from '../core/undo'
import { rememberRoute } from './route'

/** What a framework makes of Node's request. */
interface Wrapping {
  readonly package: string
  readonly versions: string
  readonly file: string
  /** The method that makes it, with Node's request at `req` in its arguments, and what it stands on. */
  // biome-ignore lint/suspicious/noExplicitAny: the exports of a foreign library
  readonly owner: (exports: any) => object
  readonly method: string
  readonly req: number
  // biome-ignore lint/suspicious/noExplicitAny: a foreign library's request
  readonly route: (made: any) => unknown
}

/** Frameworks whose own request knows the route, while Node's does not know that one. */
const WRAPPINGS: readonly Wrapping[] = [
  {
    package: 'koa',
    versions: '>=2 <4',
    file: 'lib/application.js',
    owner: (Application: { prototype: object }) => Application.prototype,
    method: 'createContext',
    req: 0,
    // By @koa/router and koa-router.
    route: (ctx: { _matchedRoute?: unknown }) => ctx._matchedRoute,
  },
  {
    package: '@hapi/hapi',
    versions: '>=18 <22',
    file: 'lib/request.js',
    owner: (Request: object) => Request,
    method: 'generate',
    req: 1,
    // A request that matches nothing, or not yet, has a route of hapi's own.
    route: ({ route }: { route?: { method: string; path: string } }) =>
      route?.method === '_special' ? undefined : route?.path,
  },
]

/** For the hooks: they let the requests of frameworks tell their routes. */
export const frameworks: ReadonlyMap<string, () => Patcher> = new Map(
  WRAPPINGS.map((wrapping) => [wrapping.package, () => patcherOf(wrapping)]),
)

function patcherOf({ package: name, versions, file, owner, method, req, route }: Wrapping): Patcher {
  const patch = (exports: object) =>
    wrapMethod(owner(exports), method, (native, self, args) => {
      const made = Reflect.apply(native, self, args)
      rememberRoute(args[req], () => route(made))
      return made
    })
  const docs = { takes: 'no line: only the routes of requests' }
  return { package: name, versions, docs, levels: {}, files: { [file]: patch } }
}

/** Fastify 5 says which route it has matched, right before its handler. */
export function listenToFastify(): void {
  const channel = 'tracing:fastify.request.handler:start'
  const listener = (message: unknown): void => {
    const { request, route } = Object(message) as { request?: { raw?: unknown }; route?: { url?: unknown } }
    const raw = request?.raw
    if (typeof raw === 'object' && raw !== null) rememberRoute(raw, () => route?.url)
  }
  subscribe(channel, listener)
  onUndo(process, () => unsubscribe(channel, listener))
}
