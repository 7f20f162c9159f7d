import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { HttpConfig } from '../core/settings'

const DEFAULT_HEADERS = ['x-request-id', 'x-correlation-id', 'traceparent'] as const
/** What may stand in a log line, a header and a search box alike. */
const WELL_FORMED = /^[A-Za-z0-9._:+/=@-]{1,128}$/
/** https://www.w3.org/TR/trace-context/#traceparent-header: later versions may add fields, 00 has no more. */
const TRACEPARENT =
  /^(?!ff|00.{54})[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/

export function isWellFormed(id: string): boolean {
  return WELL_FORMED.test(id)
}

/** Gives the id of a request: that of a trusted, well-formed header, or a new one. */
export function idReader({ header, trustHeader }: HttpConfig): (headers: IncomingHttpHeaders) => string {
  if (!trustHeader) return () => randomUUID()
  const names = header === undefined ? DEFAULT_HEADERS : [header.toLowerCase()]
  return (headers) => {
    for (const name of names) {
      const value = headers[name]
      if (typeof value !== 'string') continue
      const id = name === 'traceparent' ? TRACEPARENT.exec(value)?.[1] : value
      if (id !== undefined && isWellFormed(id)) return id
    }
    return randomUUID()
  }
}
