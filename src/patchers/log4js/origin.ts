import { printed } from '../../core/message'
import type { Outlet, Target } from '../../core/patcher'
import type { LogCall, Stamp } from '../../core/record'
import { wrapMethod } from '../../core/shim'
import { snapshot } from '../../core/snapshot'
import { claiming, passing } from '../../core/terminal'
import { levelOf } from './levels'
import { type Event, lineOf, printedLineOf } from './line'
import { sent } from './thresholds'

/** Under this name a cluster worker's stamp travels to the primary, which prints. */
const STAMP = 'unify-logs'

/** What the call knew of a line: an appender may keep it, and print it in somebody else's context. */
const stamps = new WeakMap<Event, Stamp>()

/** `log.info` and the like, of whichever copy came last. */
let methods: Readonly<Record<string, CallableFunction>> = {}

/** True once an appender of the terminal is configured: before that nobody asks for a stamp. */
let isPrinting = false

export function willPrint(): void {
  isPrinting = true
}

/** The stamp of a line that has reached an appender. */
export function stampOf(event: Event): Stamp {
  return stamps.get(event) ?? { time: event.startTime.getTime(), context: {} }
}

export function patchLogger({ prototype }: { prototype: Readonly<Record<string, CallableFunction>> }): void {
  methods = prototype
}

/**
 * Every line passes here when it has become an event, with its caller on the stack. The logger's own methods stay as
 * they are: with `enableCallStack` it finds its caller by counting frames.
 */
export function patchClustering(clustering: object, { outlet }: Target): void {
  wrapMethod(clustering, 'send', (native, self: { isMaster(): boolean }, args) => {
    const [event] = args as [Event]
    const own = outlet.child(event.categoryName)
    const send = () => Reflect.apply(native, self, args)
    if (own.native) return passing(send)
    const below = methods[event.level.levelStr.toLowerCase()]
    if (!self.isMaster()) pack(event, own, below)
    else if (isPrinting) stamps.set(event, own.stamp(levelOf(event.level), below))
    // An appender of the program's own that prints, or one that was configured before us.
    const call = (text: string): LogCall | undefined => {
      const { msg } = lineOf(event)
      if (msg === '' || !printed(text, msg)) return undefined
      return { ...printedLineOf(event, text), below, stamp: stamps.get(event) }
    }
    return claiming({ outlet: own, call }, () => sent(event, send))
  })
}

/** As text, because log4js 6 fails on objects without a prototype. */
function pack(event: Event, own: Outlet, below: CallableFunction | undefined): void {
  const { context, ...stamp } = own.stamp(levelOf(event.level), below)
  // The event's own copy of the logger's context, the one part of it that is sent as it is.
  const sent = event.context as Record<string, unknown>
  sent[STAMP] = JSON.stringify({ ...stamp, context: snapshot(context) })
}

export function patchEvent(LoggingEvent: object): void {
  wrapMethod(LoggingEvent, 'deserialise', (native, self, args) => {
    const event = Reflect.apply(native, self, args)
    const { [STAMP]: stamp, ...context } = event.context ?? {}
    if (typeof stamp !== 'string') return event
    event.context = context
    stamps.set(event, JSON.parse(stamp))
    return event
  })
}
