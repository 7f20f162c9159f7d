import { AsyncLocalStorage } from 'node:async_hooks'
import { openSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isatty } from 'node:tty'
import type { DestinationStream, Logger, TransportSingleOptions as TransportOptions } from 'pino'
import type { Config, Transport } from './config'
import { safeJson } from './escape'
import { formatText } from './format'
import { complain, describe, guard } from './guard'
import { LEVELS, type Level, levelName } from './levels'
import type { LogRecord } from './record'
import { CORE } from './shim'
import { pieces } from './terminal'

/** Where records leave the process. */
export interface Sink {
  /**
   * Has written the record when it returns, but for a destination that is a pino transport.
   *
   * @returns false where the destination cannot be opened, after saying so once
   */
  write(record: LogRecord): boolean
  /** Resolves when everything written so far has left the process. */
  flush(): Promise<void>
}

// As it was before a test's fake timers.
const now = performance.now.bind(performance)

/** How long a stalled reader may hold a write before lines are given up, in ms. */
const STALL_MS = 5_000

/**
 * The one pino instance, made when the first record comes: pino is most of a preload's start-up, and a process that
 * logs nothing should not pay for it.
 */
export function createSink(config: Config): Sink {
  let time = 0
  let core: Logger | false | undefined
  // The thread of a transport lives longer than the interaction whose line is the first.
  const outside = AsyncLocalStorage.snapshot()
  const open = (): Logger => {
    const { pino } = require('pino') as typeof import('pino')
    const made = pino(
      {
        level: 'trace',
        redact: { paths: redactPaths(config.redact), censor: '[Redacted]' },
        timestamp: () => `,"time":${time}`,
        // Errors arrive as plain data: pino's own serializer would read the host's object.
        serializers: { err: (value) => value },
        // pino takes fields named method, headers and socket for a request, and leaves the others out.
        formatters: { log: ({ fields }) => fields as Record<string, unknown> },
        hooks: { streamWrite: safeJson },
      },
      typeof config.destination === 'string'
        ? descriptorStream(config.destination, config)
        : transport(config.destination, config.root),
    )
    return Object.assign(made, { [CORE]: true })
  }
  const others = new Map<Level, Logger<'other'>>()
  /** A number that is none of the six is printed by a child whose own level it is. */
  const otherLevel = (parent: Logger, level: Level): Logger<'other'> => {
    const known = others.get(level)
    if (known !== undefined) return known
    const made = parent.child({}, { customLevels: { other: level }, level: 'other' })
    others.set(level, made)
    return made
  }
  const destination = JSON.stringify(config.destination)
  return {
    write(record) {
      core ??= guard<Logger | false>(
        `opening the destination ${destination} (lines stay as they are without us, those of getLogger are lost)`,
        () => outside(open),
        false,
      )
      if (core === false) return false
      const { level, msg, time: at, ...fields } = record
      time = at
      const name = levelName(level)
      if (LEVELS[name] === level) core[name]({ fields }, msg)
      else otherLevel(core, level).other({ fields }, msg)
      return true
    },
    flush: () => new Promise((resolve) => (core ? core.flush(() => resolve()) : resolve())),
  }
}

/** @param root where its target is looked for: it is the project's dependency, not ours */
function transport(options: Transport, root: string): DestinationStream {
  const { pino } = require('pino') as typeof import('pino')
  const stream = pino.transport({
    ...options,
    caller: join(root, 'package.json'),
    [CORE]: true,
  } as unknown as TransportOptions)
  stream.on('error', (error: unknown) => complain(`the transport of the records failed: ${describe(error)}`))
  return stream
}

/** The user names paths as the caller logged them; in a record they lie in `data`, `err` or at the top. */
function redactPaths(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const below = path.startsWith('[') ? path : `.${path}`
    return [path, `data${below}`, `err${below}`]
  })
}

/** The stream under pino: one write(2) a record, done when it returns, so that a signal after it loses nothing. */
function descriptorStream(destination: string, config: Config): { write(line: string): void } {
  const fd = descriptor(destination, config.root)
  const text = config.format === 'text' || (config.format === 'auto' && isatty(fd))
  const write = writerTo(fd)
  if (!text) return { write }
  const colors = colorful(fd)
  return { write: (line) => write(formatText(JSON.parse(line) as LogRecord, colors)) }
}

function descriptor(destination: string, root: string): number {
  if (destination === 'stdout') return 1
  if (destination === 'stderr') return 2
  return openSync(resolve(root, destination), 'a', 0o640)
}

/** The rules of no-color.org and force-color.org, the latter winning as it does in Node itself. */
function colorful(fd: number): boolean {
  const { FORCE_COLOR, NO_COLOR } = process.env
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return isatty(fd) && (NO_COLOR === undefined || NO_COLOR === '')
}

/** Writes whole lines, or says that it cannot. Never throws. */
function writerTo(fd: number): (line: string) => void {
  /** Since when the reader has taken nothing. */
  let stalled: number | undefined
  /** The last line that got through did so in part. */
  let torn = false
  const piece = fd === 1 ? pieces.stdout : fd === 2 ? pieces.stderr : undefined
  return (line) => {
    // A record stands in a line of its own, whatever the program left unfinished there.
    let rest = Buffer.from(torn || piece?.printed ? `\n${line}` : line)
    if (piece) piece.printed = false
    while (rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(fd, rest))
        stalled = undefined
        torn = rest.length > 0
      } catch (error) {
        // The pipe is full and somebody made it non-blocking, as the first use of process.stdout does.
        const waits = (error as NodeJS.ErrnoException).code === 'EAGAIN'
        stalled ??= now()
        if (waits && now() - stalled < STALL_MS) pause(1)
        else return complain(`records are lost: writing to descriptor ${fd} failed: ${describe(error)}`)
      }
    }
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
