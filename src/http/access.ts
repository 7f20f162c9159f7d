import type { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import { LEVELS, type Level } from '../core/levels'
import type { Outlet } from '../core/patcher'
import type { Exchange } from './server'

// The clock as it was before a test's fake timers.
const now = performance.now.bind(performance)

/**
 * Starts the clock of a request.
 *
 * @returns writes its record: method and path without the query, status, duration in milliseconds
 */
export function accessRecord({ method, path, res }: Exchange, outlet: Outlet): () => void {
  const start = now()
  return () => {
    const status = statusOf(res)
    const level = levelOf(status)
    if (!outlet.enabled(level)) return
    const { time, context } = outlet.stamp(level)
    const data = {
      status,
      duration: Math.round((now() - start) * 1e3) / 1e3,
      aborted: (isResponse(res) && wasCutOff(res)) || undefined,
    }
    outlet.write({ level, msg: `${method} ${path}`, data, stamp: { time, context } })
  }
}

function levelOf(status = 0): Level {
  return status >= 500 ? LEVELS.error : status >= 400 ? LEVELS.warn : LEVELS.info
}

type Response = ServerResponse | ServerHttp2Stream

/** False for the socket behind an upgrade, too. */
function isResponse(res: EventEmitter | undefined): res is Response {
  return res !== undefined && 'headersSent' in res
}

function wasCutOff(res: Response): boolean {
  // A stream of HTTP/2 may close without having finished, although all of it was sent.
  return 'rstCode' in res ? res.rstCode !== 0 : !res.writableFinished
}

/** Undefined where none was sent. */
function statusOf(res: EventEmitter | undefined): number | undefined {
  if (!isResponse(res) || !res.headersSent) return undefined
  return 'statusCode' in res ? res.statusCode : Number(res.sentHeaders?.[':status'])
}
