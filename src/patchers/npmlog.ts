import { LEVELS, type Level } from '../core/levels'
import { firstError, message, plain } from '../core/message'
import type { Outlet, Patcher, Target } from '../core/patcher'
import type { Stamp } from '../core/record'
import { wrapMethod } from '../core/shim'
import { isTerminal, passing } from '../core/terminal'

/** What `require('npmlog')` gives: one logger a copy, an emitter. */
interface Log {
  readonly stream: unknown
  readonly levels: Readonly<Record<string, number>>
  level: string
  readonly _paused?: boolean
}

/** A message as `emitLog` gets it, in all majors. */
interface Message {
  readonly level: string
  readonly prefix: string
  readonly message: string
  /** The arguments, behind the stack of the last Error among them. */
  readonly messageRaw: readonly unknown[]
}

const { trace, debug, info, warn, error } = LEVELS

export const npmlog: Patcher = {
  package: 'npmlog',
  versions: '>=4.0.0 <8',
  docs: {
    takes: 'what it writes to a `stream` on the terminal, behind pause and threshold',
    namespace: 'the prefix',
    limits: ['The progress bar stays native.'],
  },
  levels: { silly: trace, verbose: debug, info, timing: info, http: info, notice: info, warn, error },
  files: { 'log.js': patch, 'lib/log.js': patch },
}

/** The message that is being printed. */
interface Line {
  readonly own: Outlet
  readonly level: Level
  readonly message: Message
  readonly stamp: Stamp | undefined
  /** Whether it is a record: known from its first write on. */
  taken?: boolean
}

function patch(log: Log, { outlet }: Target): void {
  const paused = new WeakMap<Message, Stamp>()
  let current: Line | undefined

  // Behind the record and the events, before pause and threshold.
  wrapMethod(log, 'emitLog', (native, self: Log, args) => {
    const [message] = args as [Message]
    const emit = () => Reflect.apply(native, self, args)
    const own = outlet.child(message.prefix || undefined)
    if (own.native) return passing(emit)
    const level = levelOf(message.level, self.levels)
    if (self._paused) {
      paused.set(message, own.stamp(level))
      return emit()
    }
    const outer = current
    current = { own, level, message, stamp: paused.get(message) }
    const { named } = own
    try {
      // A stream of the program's own gets what it always got.
      if (named === undefined || !isTerminal(self.stream)) return emit()
      return under(level >= named ? 'silly' : 'silent', self, emit)
    } finally {
      current = outer
    }
  })

  // The pieces of a line; the gauge writes past it.
  wrapMethod(log, 'write', (native, self: Log, args) => {
    if (current === undefined || !isTerminal(self.stream)) return Reflect.apply(native, self, args)
    current.taken ??= record(current)
    if (!current.taken) return passing(() => Reflect.apply(native, self, args))
  })
}

/** Runs `act` under another threshold: npmlog has one for all prefixes, and asks it line by line. */
function under<T>(level: string, log: Log, act: () => T): T {
  const { level: own } = log
  log.level = level
  try {
    return act()
  } finally {
    log.level = own
  }
}

function record({ own, level, message: { messageRaw, message: text }, stamp }: Line): boolean {
  const err = firstError(messageRaw)
  // The stack stands before the message that shows it too.
  const msg = err?.stack ? message(messageRaw.slice(1)) : text
  return own.write({ level, msg: plain(msg), err, stamp })
}

/** A level of the program's own stands between npmlog's by its number. */
function levelOf(name: string, numbers: Readonly<Record<string, number>>): Level {
  const known = npmlog.levels[name]
  if (known !== undefined) return known
  const number = numbers[name] ?? 0
  if (number >= 5000) return error
  if (number >= 4000) return warn
  if (number >= 2000) return info
  return number >= 1000 ? debug : trace
}
