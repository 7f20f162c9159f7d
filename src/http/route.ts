import { guard } from '../core/guard'

/** Long enough for a route; a path is the client's, and stands on each line of its request. */
const LONGEST = 256

const finders = new WeakMap<object, () => unknown>()

/** @param find gives the pattern that the request matched, once it is known; what it gives before is no route */
export function rememberRoute(req: object, find: () => unknown): void {
  finders.set(req, find)
}

/**
 * The pattern that the framework matched so far, or the path.
 *
 * @param req Node's own request
 */
export function routeOf(req: object | undefined, path: string): string {
  if (req === undefined) return path
  const find = finders.get(req) ?? (() => expressRoute(req, path))
  return guard('reading the route of a request', () => textOf(find()), undefined) ?? path
}

/**
 * The path of a request's target, with neither query nor fragment, nor what stands before it where a client talks to a
 * proxy: `http://user:secret@host/path?query`.
 */
export function pathOf(target: string | undefined): string {
  const path = (target ?? '').replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*/s, '')
  return (path || '/').slice(0, LONGEST)
}

interface ExpressRequest {
  readonly baseUrl?: unknown
  readonly route?: { readonly path?: unknown }
}

/** Express tells the route relative to the router that it stands in, and where that router is mounted. */
function expressRoute(req: ExpressRequest, path: string): string | undefined {
  const pattern = textOf(req.route?.path)
  if (pattern === undefined) return undefined
  const mount = typeof req.baseUrl === 'string' ? req.baseUrl : ''
  const whole = mount !== '' && pattern === '/' ? mount : mount + pattern
  // Behind the router (an error handler of the application) the mount is gone: half a route would be a wrong one.
  const simple = /^[\w:/.~%-]*$/.test(whole)
  return simple && parts(whole) !== parts(path) ? undefined : whole
}

function parts(path: string): number {
  return path.split('/').filter((part) => part !== '').length
}

/** A pattern may be a text, a regular expression, or a list of these. */
function textOf(pattern: unknown): string | undefined {
  if (Array.isArray(pattern)) return pattern.map(String).join(',').slice(0, LONGEST)
  if (pattern instanceof RegExp) return String(pattern)
  return typeof pattern === 'string' && pattern !== '' ? pattern.slice(0, LONGEST) : undefined
}
