import { join } from 'node:path'
import { compileFunction } from 'node:vm'
import { guard } from '../core/guard'
import { LEVELS, type Level } from '../core/levels'
import { only, plain, printed } from '../core/message'
import type { Outlet, Patcher, Target } from '../core/patcher'
import type { Fields } from '../core/record'
import { isTerminal, passing } from '../core/terminal'

type HighResolution = readonly [seconds: number, nanoseconds: number]

interface Request {
  readonly method?: string
  readonly url?: string
  /** Express changes `url` on the way to a router. */
  readonly originalUrl?: string
  readonly _remoteAddress?: string
  readonly _startAt?: HighResolution
}

interface Response {
  readonly statusCode: number
  readonly headersSent: boolean
  readonly _startAt?: HighResolution
}

/** One request and its response. */
type Exchange = readonly [Request, Response]

interface Options {
  readonly format?: unknown
  readonly stream?: Stream
  readonly skip?: ((...exchange: Exchange) => unknown) | false
  readonly buffer?: unknown
}

interface Stream {
  write(chunk: string, ...rest: unknown[]): unknown
}

export const morgan: Patcher = {
  package: 'morgan',
  versions: '>=1.0.0 <2',
  docs: {
    takes: 'middlewares on stdout, or on another stream that is the terminal',
    limits: [
      'There is no call site: the line is printed when the response has finished.',
      'Lines out of a `buffer` have no `data`.',
      'Required before us and imported afterwards it stays native on the *platform* back-end.',
    ],
  },
  levels: { '5xx': LEVELS.error, '4xx': LEVELS.warn, other: LEVELS.info },
  files: { 'index.js': patch },
}

/** A middleware is a closure over its stream: it is made with a stand-in for the terminal. */
function patch(
  createMiddleware: CallableFunction,
  { outlet, dir, path }: Target,
): CallableFunction | undefined {
  if (outlet.native) return undefined
  const withStandIn = ([format, options]: readonly unknown[]): unknown[] => {
    // 1.0 takes one argument; later versions still know the format among the options.
    const isOne = isObject(format) || createMiddleware.length === 1
    const given: Options = isObject(format) ? format : isOne ? { format } : ((options ?? {}) as Options)
    const stream = given.stream || process.stdout
    if (!isTerminal(stream)) return [format, options]
    const changed = Object.create(given, optionsFor(given, stream, outlet))
    return isOne ? [changed] : [format, changed]
  }
  // Deprecations name their caller as the first frame outside the library's own file: ours is none.
  const filename = join(dir, path)
  const code = 'return (native, self, args) => native.apply(self, prepare(args))'
  const prepare = (args: readonly unknown[]) =>
    guard('taking over a middleware of morgan', () => withStandIn(args), args)
  const apply = compileFunction(code, ['prepare'], { filename })(prepare)
  return new Proxy(createMiddleware, { apply })
}

function optionsFor({ skip, buffer }: Options, stream: Stream, outlet: Outlet): PropertyDescriptorMap {
  let next: Exchange | undefined
  const write = (chunk: string, ...rest: unknown[]): unknown => {
    const exchange = next
    next = undefined
    const print = () => stream.write(chunk, ...rest)
    if (!isTerminal(stream)) return print()
    // Lines that come out of a buffer have lost their requests.
    const lines = buffer ? plain(chunk).split('\n') : [plain(chunk)]
    const take = () => lines.every((line) => record(line, exchange, outlet))
    return guard('reading a line of morgan', take, false) || passing(print)
  }
  // It is asked right before the line of its request is written.
  const ask = (...exchange: Exchange): unknown => {
    if (!buffer) next = exchange
    return skip ? skip(...exchange) : false
  }
  // morgan asks the stream whether it is in object mode.
  return { stream: { value: Object.create(stream, { write: { value: write } }) }, skip: { value: ask } }
}

/** The line is printed when the response has finished: its caller is off the stack. */
function record(line: string, exchange: Exchange | undefined, outlet: Outlet): boolean {
  const level = levelOf(exchange)
  if (!outlet.enabled(level)) return true
  const { time, context } = outlet.stamp(level)
  return outlet.write({
    level,
    msg: line,
    data: exchange && fieldsOf(line, exchange),
    stamp: { time, context },
  })
}

function levelOf(exchange: Exchange | undefined): Level {
  const { '5xx': error, '4xx': warn, other } = morgan.levels as Record<string, Level>
  const status = exchange?.[1].statusCode ?? 0
  return (status >= 500 ? error : status >= 400 ? warn : other) as Level
}

/** What the line shows of the request. */
function fieldsOf(line: string, [req, res]: Exchange): Fields | undefined {
  const time = responseTime(req._startAt, res._startAt)
  const fields = {
    method: req.method,
    url: req.originalUrl ?? req.url,
    status: res.headersSent ? res.statusCode : undefined,
    responseTime: time && Number(time.toFixed(3)),
    remoteAddress: req._remoteAddress,
  }
  return only(fields, (value) => value !== undefined && printed(line, String(value)))
}

/** In milliseconds. */
function responseTime(
  start: HighResolution | undefined,
  end: HighResolution | undefined,
): number | undefined {
  return start && end && (end[0] - start[0]) * 1e3 + (end[1] - start[1]) * 1e-6
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
