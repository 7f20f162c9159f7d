import { guard } from '../../core/guard'
import { LEVELS } from '../../core/levels'
import { printed } from '../../core/message'
import type { Patcher, Target } from '../../core/patcher'
import type { LogCall } from '../../core/record'
import { wrapMethod } from '../../core/shim'
import { claiming, passing } from '../../core/terminal'
import { lineOf, namespaceOf, type Rec, remember } from './line'
import { isPrinter, type Logger, patchLevels, streamsOf } from './thresholds'

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

  wrapMethod(prototype, '_emit', (native, logger: Logger, args) => {
    const [rec, isProbe] = args as [Rec, boolean | undefined]
    const own = outlet.child(namespaceOf(rec))
    const emit = (self: Logger) => Reflect.apply(native, self, args)
    if (isProbe) return emit(logger)
    if (own.native) return passing(() => emit(logger))

    let made: LogCall | undefined
    const call = (): LogCall => {
      made ??= { ...lineOf(rec), below: byLevel[rec.level] }
      return made
    }
    const take = () => !own.enabled(rec.level) || own.write(call())
    const streams = streamsOf(logger).map((entry) => {
      if (!isPrinter(entry)) return entry
      const write = (line: unknown) =>
        guard('reading a line of bunyan', take, false) || passing(() => entry.stream.write(line))
      return { ...entry, stream: { write } }
    })
    // A stream of the user's own that prints at once prints this logger's line.
    const mine = (text: string) => (call().msg && printed(text, call().msg) ? call() : undefined)
    // The logger itself keeps its streams: one of them may log.
    const view = Object.create(logger, { streams: { value: streams } })
    return claiming({ outlet: own, call: mine }, () => emit(view))
  })
}
