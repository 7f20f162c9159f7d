import { guard } from '../../core/guard'
import { LEVELS } from '../../core/levels'
import { framesOf, look } from '../../core/look'
import { plain } from '../../core/message'
import type { Patcher, Target } from '../../core/patcher'
import type { LogCall } from '../../core/record'
import { CORE, looking, wrapMethod } from '../../core/shim'
import { claiming, passing } from '../../core/terminal'
import { patchArguments } from './arguments'
import { directWay } from './direct'
import { boundOf, type Logger, lineOf, type Symbols, simpleLineOf, type Told } from './line'
import type { Stream } from './printer'
import { type Take, tapped, untapped } from './streams'
import { ownLevelOf, patchLevels } from './thresholds'
import { type TransportOptions, transport } from './transports'

interface Pino {
  (options: object, stream: object): Logger
  readonly symbols: Symbols
}

export const pino: Patcher = {
  package: 'pino',
  versions: '>=6.0.0 <11',
  docs: {
    takes:
      "pino's own stdout and stderr, `multistream`, pino-pretty, the transports `pino/file` and `pino-pretty`",
    namespace: '`name`',
    limits: [
      'A transport with a `pipeline`, or of another package, prints from its own thread: it stays native.',
      "A stream of the program's own that hands a line on to stdout later than in the call leaves it native.",
      'pino-pretty in a worker thread: `ignore`, `include`, `hideObject` and `minimumLevel` count, its `messageFormat` does not.',
    ],
  },
  levels: { ...LEVELS },
  // Nest's own logger is called, and hands the line on.
  frames: ['nestjs-pino', '@nestjs/common'],
  // Of lib/tools.js, pino.js takes its functions as soon as it runs.
  files: { 'lib/tools.js': patchArguments, 'pino.js': patchPino },
}

function patchPino(pino: Pino, target: Target): void {
  const prototype = prototypeOf(pino, pino.symbols.writeSym)
  patchWrite(prototype, pino.symbols, target)
  patchLevels(prototype, pino.symbols, target)
  if ('transport' in pino) patchTransport(pino, target)
}

/** The last step of every line, behind levels and hooks. */
function patchWrite(prototype: Logger, symbols: Symbols, { outlet }: Target): void {
  const { streamSym, writeSym } = symbols
  const way = directWay(symbols)

  const planOf = (logger: Logger, [, , level]: [unknown, unknown, number]) => {
    const bound = boundOf(logger, symbols)
    const own = outlet.child(bound.name)
    const callee = logger[logger.levels.labels[level]]
    const isNative = logger[CORE] || outlet.native || own.native
    const direct = isNative ? undefined : way.tapOf(logger)
    return { bound, own, direct, callee, reach: direct === undefined ? 0 : own.reach(level) }
  }

  const around = looking(planOf, (native, logger: Logger, args, _, plan, taken) => {
    if (logger[CORE]) return Reflect.apply(native, logger, args)
    const print = () => Reflect.apply(native, logger, args)
    const { own, bound, direct } = plan
    if (outlet.native || own.native) return passing(print)

    const [given, text, level] = args
    const below = taken ?? plan.callee
    const stamp = direct !== undefined && own.enabled(level) ? own.stamp(level, below) : undefined
    const writing = { logger, symbols, level, given, text, bound }
    const callOf = (told: Told): LogCall => ({ level, below, stamp, ...told })

    if (direct !== undefined) {
      const take = (line: string) => {
        if (stamp === undefined) return true
        return own.write(callOf(simpleLineOf(writing, line) ?? lineOf(writing, line) ?? { msg: plain(line) }))
      }
      return way.through(direct, logger, take, print)
    }

    // `hooks.streamWrite` may have made any other text of it.
    const take: Take = (line, shown) =>
      !own.enabled(level) || own.write(callOf(lineOf(writing, line, shown) ?? { msg: plain(shown) }))

    // What the program configured (redaction, serializers, mixins, formatters, keys) is in the line's text only.
    const tap = tapped(untapped(logger[streamSym]), {
      level,
      own: ownLevelOf(logger, symbols),
      take: (line, shown) => guard('reading a line of pino', () => take(line, shown), false),
    })
    // A stream of the program's own may print the line as it is.
    const claimed = (text: string) => {
      const told = lineOf(writing, text)
      return told && callOf(told)
    }
    return claiming({ outlet: own, call: claimed }, () =>
      tap ? replaced(logger, streamSym, tap, print) : print(),
    )
  })
  wrapMethod(prototype, writeSym, around)
}

/** Runs `act` while a property of `owner` has another value. */
function replaced<T>(owner: object, key: symbol, value: object, act: () => T): T {
  const own = Object.getOwnPropertyDescriptor(owner, key)
  if (!Reflect.defineProperty(owner, key, { value, configurable: true, writable: true })) return act()
  try {
    return act()
  } finally {
    if (own) Object.defineProperty(owner, key, own)
    else Reflect.deleteProperty(owner, key)
  }
}

/** It is not exported. */
function prototypeOf(pino: Pino, key: symbol): Logger {
  let found: Logger = pino({ level: 'silent' }, { write() {} })
  while (!Object.hasOwn(found, key)) found = Object.getPrototypeOf(found)
  return found
}

function patchTransport(pino: Pino, { outlet, version }: Target): void {
  wrapMethod(pino, 'transport', (native, self, [options], below) => {
    // Targets are looked for from the files on the stack, and ours are none of them. Version 7 takes one file.
    const files = framesOf(look(below, Error.stackTraceLimit)).flatMap((frame) => frame.getFileName() ?? [])
    const caller = version.startsWith('7.')
      ? (files.find((file) => !file.includes('node_modules')) ?? files[0])
      : files
    const make = (options: TransportOptions): Stream => Reflect.apply(native, self, [{ caller, ...options }])
    return outlet.native || options[CORE] ? make(options) : transport(options, make, version)
  })
}
