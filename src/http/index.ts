import type { ServerResponse } from 'node:http'
import type { Context, ContextFields } from '../core/context'
import { guard } from '../core/guard'
import type { Outlet, Patcher } from '../core/patcher'
import type { HttpConfig, HttpField } from '../core/settings'
import { accessRecord } from './access'
import { frameworks, listenToFastify } from './frameworks'
import { idReader } from './id'
import { tellHosts } from './outgoing'
import { routeOf } from './route'
import { type Exchange, watchServers } from './server'
import { ws } from './websocket'

/**
 * From now on each request of an HTTP server is an interaction.
 *
 * @param outlet of the access records
 * @returns what the hooks must patch for it
 */
export function watchHttp(
  config: HttpConfig,
  context: Context,
  outlet: Outlet,
): ReadonlyMap<string, () => Patcher> {
  const { fields = ['method', 'route'], access, echo, propagate = [] } = config
  const idOf = idReader(config)
  watchServers((exchange) => {
    const interactionId = idOf(exchange.headers)
    if (echo !== undefined)
      guard('telling the client the interaction', () => tell(exchange, echo, interactionId), undefined)
    return {
      interaction: context.open({ interactionId }, fields.length > 0 ? told(exchange, fields) : undefined),
      closed: access ? accessRecord(exchange, outlet) : undefined,
    }
  })
  guard('listening to Fastify', listenToFastify, undefined)
  if (propagate.length > 0)
    guard('telling hosts the interaction', () => tellHosts(propagate, config, context), undefined)
  return new Map([...frameworks, ['ws', () => ws(context)]])
}

/** What the lines of a request tell of it. */
function told({ req, method, path }: Exchange, fields: readonly HttpField[]): () => ContextFields {
  let last: ContextFields | undefined
  return () => {
    const route = fields.includes('route') ? routeOf(req, path) : undefined
    if (last === undefined || last.route !== route)
      last = { ...(fields.includes('method') && { method }), ...(route !== undefined && { route }) }
    return last
  }
}

/** A stream of HTTP/2 and a socket have no header to set beforehand. */
function tell({ res }: Exchange, header: string, id: string): void {
  const { setHeader } = Object(res) as Partial<ServerResponse>
  if (typeof setHeader === 'function') Reflect.apply(setHeader, res, [header, id])
}
