import type { Outlet, Target } from '../../core/patcher'
import type { LogCall } from '../../core/record'
import { wrapMethod } from '../../core/shim'
import { snapshot } from '../../core/snapshot'
import { claiming, passing } from '../../core/terminal'
import { levelOf } from './levels'
import { claimed, type Event } from './line'
import { earlyStamp, type Method, noteLine, takeMethods } from './methods'
import { keep, sent } from './stamps'
import { areOurs } from './thresholds'

/** Under this name a cluster worker's stamp travels to the primary, which prints. */
const STAMP = 'unify-logs'

/** `log.info` and the like, of whichever copy came last. */
let methods: Readonly<Record<string, CallableFunction>> = {}

/** True once an appender of the terminal is configured: before that nobody asks for a stamp. */
let isPrinting = false

export function willPrint(): void {
  isPrinting = true
}

export function patchLogger({ prototype }: { prototype: Record<string, Method> }, target: Target): void {
  methods = prototype
  takeMethods(prototype, target)
}

/** Every line passes here when it has become an event, with its caller on the stack. */
export function patchClustering(clustering: object, { outlet, dir }: Target): void {
  wrapMethod(clustering, 'send', (native, self: { isMaster(): boolean }, args) => {
    const [event] = args as [Event]
    const own = outlet.child(event.categoryName)
    const send = () => Reflect.apply(native, self, args)
    if (own.native) return passing(send)
    const level = levelOf(event.level)
    const below = methods[event.level.levelStr.toLowerCase()]
    if (!self.isMaster()) {
      pack(event, own, below)
      return send()
    }
    const isWanted = isPrinting && own.enabled(level)
    const stamp = isWanted ? (earlyStamp(event) ?? own.stamp(level, below)) : undefined
    if (areOurs(event.categoryName, dir)) {
      if (isWanted) noteLine(event)
      return sent(event, stamp, send)
    }
    // An appender of the program's own that prints, or one that was configured before us.
    if (stamp !== undefined) keep(event, stamp)
    const call = (text: string): LogCall | undefined => claimed(event, text, { stamp, below })
    return claiming({ outlet: own, call }, () => sent(event, stamp, send))
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
    keep(event, JSON.parse(stamp))
    return event
  })
}
