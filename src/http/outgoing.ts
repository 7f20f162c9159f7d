import type { ClientRequest } from 'node:http'
import type { Context } from '../core/context'
import { guard } from '../core/guard'
import { wildcard } from '../core/pattern'
import type { HttpConfig } from '../core/settings'
import { wrapMethod } from '../core/shim'
import { isWellFormed } from './id'

/**
 * From now on `http.request`, `https.request`, what stands on them, and `fetch` tell listed hosts the interaction they
 * are called in, where the caller does not set that header itself.
 */
export function tellHosts(hosts: readonly string[], { header }: HttpConfig, context: Context): void {
  const name = header === undefined || header.toLowerCase() === 'traceparent' ? 'x-request-id' : header
  const listed = hosts.map((host) => wildcard(host.toLowerCase()))
  /** The id, where this host should be told one. */
  const idFor = (host: unknown): string | undefined => {
    const id = String(context.get().interactionId ?? '')
    const told = typeof host === 'string' && listed.some((fits) => fits(host.toLowerCase()))
    return told && isWellFormed(id) ? id : undefined
  }

  const http = require('node:http') as typeof import('node:http')
  // The last moment at which a request takes headers, and the one place that all ways to make one have in common.
  wrapMethod(http.ClientRequest.prototype, '_implicitHeader', (native, self: ClientRequest, args) => {
    const tell = () => {
      const id = idFor(self.host)
      if (id !== undefined && !self.hasHeader(name)) self.setHeader(name, id)
    }
    guard('telling a host the interaction', tell, undefined)
    return Reflect.apply(native, self, args)
  })

  if (typeof fetch !== 'function') return
  wrapMethod(globalThis, 'fetch', (native, self, args) => {
    const tell = () => {
      const [input, init] = args as Parameters<typeof fetch>
      const id = idFor(hostOf(input))
      if (id === undefined) return args
      const request = requestOf(input, init)
      if (request === undefined) return args
      if (!request.headers.has(name)) request.headers.set(name, id)
      return [request]
    }
    return Reflect.apply(native, self, guard('telling a host the interaction', tell, args))
  })
}

/** What `fetch` makes first of what it is called with; undefined where it will throw the same error. */
function requestOf(...args: Parameters<typeof fetch>): Request | undefined {
  try {
    return new Request(...args)
  } catch {
    return undefined
  }
}

/** As `self.host` of a request has it: without port, and an IPv6 address without brackets. */
function hostOf(input: unknown): string | undefined {
  const url = typeof input === 'string' ? input : input instanceof URL ? input.href : requestUrl(input)
  return url !== undefined && URL.canParse(url)
    ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1')
    : undefined
}

function requestUrl(input: unknown): string | undefined {
  return input instanceof Request ? input.url : undefined
}
