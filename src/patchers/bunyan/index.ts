import { guard } from '../../core/guard'
import { LEVELS } from '../../core/levels'
import { printed } from '../../core/message'
import type { Patcher, Target } from '../../core/patcher'
import type { LogCall } from '../../core/record'
import { looking, wrapMethod } from '../../core/shim'
import { claiming, passing } from '../../core/terminal'
import { isFlat, levelOf, lineOf, namespaceOf, type Rec, remember } from './line'
import { isPrinter, type Logger, patchLevels, type Stream, streamsOf } from './thresholds'

type Method = (...args: unknown[]) => unknown

interface Bunyan {
  readonly prototype: Logger & Readonly<Record<string, Method>>
  readonly stdSerializers: object
  readonly nameFromLevel: Readonly<Record<number, string>>
}

export const bunyan: Patcher = {
  package: 'bunyan',
  versions: '>=1.8.0 <3',
  docs: {
    takes: 'streams on the terminal, behind the serializers',
    namespace: '`name`, or `name:component`',
    limits: [
      '`hostname`, `v` and `src` are left out.',
      '`err` has what the serializer lets out of the Error.',
    ],
  },
  levels: LEVELS,
  files: { 'lib/bunyan.js': patch },
}

/** The level methods stay as they are: with `src: true` bunyan finds its caller by counting frames. */
function patch(bunyan: Bunyan, target: Target): void {
  const { prototype, stdSerializers, nameFromLevel } = bunyan
  const { outlet } = target
  patchLevels(bunyan, prototype, target)
  const methods = Object.entries(nameFromLevel).map(([level, name]) => [level, prototype[name]])
  const byLevel: Readonly<Record<number, Method>> = Object.fromEntries(methods)

  wrapMethod(stdSerializers, 'err', (native, self, args) => {
    const serialized = Reflect.apply(native, self, args)
    remember(args[0], serialized)
    return serialized
  })

  const planOf = (logger: Logger, [rec, isProbe]: [Rec, boolean | undefined]) => {
    const own = outlet.child(namespaceOf(rec))
    const level = levelOf(rec)
    const streams = streamsOf(logger)
    const isFor = (entry: Stream) => entry.level <= level && isPrinter(entry)
    const isPrinted = !isProbe && !own.native && own.enabled(level) && streams.some(isFor)
    const reach = isPrinted ? own.reach(level) : 0
    return { own, level, streams, isFor, isPrinted, callee: byLevel[level], reach }
  }

  const around = looking(planOf, (native, logger: Logger, args, _, plan, taken) => {
    const [rec, isProbe] = args as [Rec, boolean | undefined]
    const { own, level, streams, isFor } = plan
    if (isProbe) return Reflect.apply(native, logger, args)
    if (own.native) return passing(() => Reflect.apply(native, logger, args))

    const below = taken ?? plan.callee
    const stamp = plan.isPrinted ? own.stamp(level, below) : undefined
    const isShown = own.enabled(level)
    let made: LogCall | undefined
    const call = (): LogCall => {
      made ??= lineOf(rec, { below, stamp })
      return made
    }
    const isTaken = () => guard('reading a line of bunyan', () => !isShown || own.write(call()), false)
    // The logger itself keeps its streams: one of them may log.
    const emitTo = (streams: readonly Stream[]) =>
      Reflect.apply(native, Object.create(logger, { streams: { value: streams } }), args)

    // A subclass with an `_emit` of its own may use the text that this one returns. The level methods do not.
    const isAwaited = logger._emit !== prototype._emit
    if (!isAwaited && isFlat(rec) && streams.every(isPrinter)) {
      for (const entry of streams) if (isFor(entry) && !isTaken()) passing(() => emitTo([entry]))
      return undefined
    }
    const outputs = streams.map((entry) => {
      if (!isPrinter(entry)) return entry
      const write = (line: unknown) => isTaken() || passing(() => entry.stream.write(line))
      return { ...entry, stream: { write } }
    })
    // A stream of the user's own that prints at once prints this logger's line.
    const mine = (text: string) => (call().msg && printed(text, call().msg) ? call() : undefined)
    return claiming({ outlet: own, call: mine }, () => emitTo(outputs))
  })
  wrapMethod(prototype, '_emit', around)
}
