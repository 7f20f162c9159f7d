import { AsyncLocalStorage } from 'node:async_hooks'
import { join, resolve } from 'node:path'
import type { DestinationStream, Logger, TransportSingleOptions as TransportOptions } from 'pino'
import type { Config, Transport } from './config'
import { isSafeInJson, safeJson } from './escape'
import { complain, describe, guard } from './guard'
import { levelName } from './level-names'
import { LEVELS, type Level } from './levels'
import { membersOf } from './members'
import { fstatSync, now } from './natives'
import { ownCopy } from './own-copy'
import type { LogRecord, SinkRecord } from './record'
import { CORE, unwrapped } from './shim'
import type { Counts, RecordStats } from './stats'
import { pieces } from './terminal'

/** Where records leave the process. */
export interface Sink {
  /**
   * Has written the record when it returns, where the destination takes it. A pino transport works later.
   *
   * @returns false where the destination cannot be opened, after saying so once
   */
  write(record: SinkRecord): boolean
  /** Counts a record that was to leave and never will. */
  lose(): void
  /** Resolves when everything written so far has left the process, or nothing does any more. */
  flush(): Promise<void>
  stats(): RecordStats
}

/** What the destination did not take, by reason. */
type Report = (dropped: Readonly<Record<string, number>>) => void

/**
 * The one pino instance, made when the first record comes: pino is most of a preload's start-up, and a process that
 * logs nothing should not pay for it.
 */
export function createSink(config: Config): Sink {
  let time = 0
  /** True where a record has nothing that could need more than JSON's own escapes. */
  let isPlain = false
  let core: Core | false | undefined
  const counts: Counts = {
    accepted: 0,
    written: 0,
    dropped: {},
    pending: 0,
    backlog: 0,
    errors: {},
    blockedMs: 0,
  }
  const report: Report = (dropped) => {
    write({
      level: LEVELS.warn,
      time: now(),
      members: membersOf({ source: 'unify-logs', module: 'unify-logs', data: { dropped } }),
      msg: 'records were lost; the destination takes them again',
    })
  }
  const isTransport = typeof config.destination !== 'string'
  // The thread of a transport lives longer than the interaction whose line is the first. A snapshot loads two files of Node's.
  const outside = isTransport ? AsyncLocalStorage.snapshot() : (act: () => Core) => act()
  const open = (): Core => {
    const { pino } = ownCopy('pino') as typeof import('pino')
    const instance: AnyLogger = pino<'other'>(
      {
        level: 'trace',
        timestamp: () => `,"time":${time}`,
        hooks: { streamWrite: (line) => (isPlain ? line : safeJson(line)) },
      },
      typeof config.destination === 'string'
        ? descriptorStream(config, counts, report)
        : transport(pino, config.destination, config.root),
    )
    // V8 keeps an instance of pino 10 in a table, of which each read is a search; a child has a layout.
    const logger = instance.child({})
    const { chindingsSym: bindings, writeSym } = pino.symbols as Record<'chindingsSym' | 'writeSym', symbol>
    // Our own lines do not pass what stands around those of this copy of pino.
    const write = unwrapped(bound(logger)[writeSym])
    Object.assign(logger, { [CORE]: true, [writeSym]: write })
    return { logger, bindings, always: bound(logger)[bindings] as string, others: new Map() }
  }
  const destination = JSON.stringify(config.destination)
  const write = ({ level, time: at, members, msg }: SinkRecord): boolean => {
    core ??= guard<Core | false>(
      `opening the destination ${destination} (lines stay as they are without us, those of getLogger are lost)`,
      () => outside(open),
      false,
    )
    if (core === false) return false
    time = at
    const name = levelName(level)
    const own = LEVELS[name] === level
    const logger = own ? core.logger : otherLevel(core, level)
    bound(logger)[core.bindings] = core.always + members
    isPlain = isSafeInJson(msg)
    logger[own ? name : 'other'](msg)
    if (isTransport) counts.written = ++counts.accepted
    return true
  }
  return {
    write,
    lose() {
      counts.accepted++
      counts.dropped.FAULT = (counts.dropped.FAULT ?? 0) + 1
    },
    stats: () =>
      Object.freeze({
        ...counts,
        dropped: Object.freeze({ ...counts.dropped }),
        errors: Object.freeze({ ...counts.errors }),
      }),
    flush: () => new Promise((resolve) => (core ? core.logger.flush(() => resolve()) : resolve())),
  }
}

type AnyLogger = Logger<'other'>

const bound = (logger: AnyLogger) => logger as unknown as Record<symbol, unknown>

/** pino's instance, and how it is told what a record has to say. */
interface Core {
  readonly logger: AnyLogger
  /**
   * Where pino 10 keeps the bindings of a logger, as members of JSON with a comma before each. What most lines share is
   * JSON already: it is put there, line by line, and pino has nothing to walk over.
   */
  readonly bindings: symbol
  /** The bindings of every line: pid and hostname. */
  readonly always: string
  /** Children, each with one level of its own: a number that is none of the six. */
  readonly others: Map<Level, AnyLogger>
}

function otherLevel({ logger, others }: Core, level: Level): AnyLogger {
  const known = others.get(level)
  if (known !== undefined) return known
  const made = logger.child({}, { customLevels: { other: level }, level: 'other' })
  others.set(level, made)
  return made
}

/** @param root where its target is looked for: it is the project's dependency, not ours */
function transport(pino: typeof import('pino').pino, options: Transport, root: string): DestinationStream {
  // What threads are told is prepared when the program asks for them; pino has asked past our hooks.
  process.getBuiltinModule('node:worker_threads')
  const stream = pino.transport({
    ...options,
    caller: join(root, 'package.json'),
    [CORE]: true,
  } as unknown as TransportOptions)
  stream.on('error', (error: unknown) => complain(`the transport of the records failed: ${describe(error)}`))
  return stream
}

interface Stream {
  write(line: string): void
  flush(done: () => void): void
}

/** The stream under pino, in which a signal right after a write loses nothing. */
function descriptorStream(config: Config, counts: Counts, report: Report): Stream {
  const { Descriptor } = require('./descriptor') as typeof import('./descriptor')
  const { inherited, LogFile } = require('./target') as typeof import('./target')
  const { destination, root, format, batch } = config
  const fd = destination === 'stdout' ? 1 : destination === 'stderr' ? 2 : undefined
  const target = fd === undefined ? new LogFile(resolve(root, destination as string)) : inherited(fd)
  const descriptor = new Descriptor(target, batch, counts, report)
  const text = format === 'text' || (format === 'auto' && isScreen(target.fd))
  const formatted = text ? textFormat(target.fd) : undefined
  const piece = fd === 1 ? pieces.stdout : fd === 2 ? pieces.stderr : undefined
  return {
    write(json) {
      const line = formatted ? formatted(JSON.parse(json) as LogRecord) : json
      if (!piece?.printed) return descriptor.write(line)
      // A record stands in a line of its own, whatever the program left unfinished there.
      piece.printed = false
      descriptor.write(`\n${line}`)
    },
    flush: (done) => void descriptor.flush().then(done),
  }
}

function textFormat(fd: number): (record: LogRecord) => string {
  const { formatText } = require('./format') as typeof import('./format')
  const colors = colorful(fd)
  return (record) => formatText(record, colors)
}

/** Whether a descriptor is a terminal. Most are a file or a pipe, and `node:tty` loads a dozen files of Node's. */
function isScreen(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice() && process.getBuiltinModule('node:tty').isatty(fd)
  } catch {
    // The program has closed it.
    return false
  }
}

/** The rules of no-color.org and force-color.org, the latter winning as it does in Node itself. */
function colorful(fd: number): boolean {
  const { FORCE_COLOR, NO_COLOR } = process.env
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return isScreen(fd) && (NO_COLOR === undefined || NO_COLOR === '')
}
