import { LEVELS } from '../core/levels'
import { firstError, plain, printed } from '../core/message'
import type { Patcher, Target } from '../core/patcher'
import type { LogCall } from '../core/record'
import { wrapMethod } from '../core/shim'
import { collecting, passing } from '../core/terminal'

/** What the master writer prints. */
interface LogEvent {
  readonly logger: { readonly level: string; readonly namespace: string | null }
  readonly messageTokens: readonly unknown[]
  /** Without timestamp, level and namespace. */
  readonly messageContent: string
}

/** The process's one writer, such as the one of log-node: `log` itself prints nothing. */
interface Writer {
  writeMessage(event: LogEvent): void
}

/** The export of `get-master-writer`. */
interface MasterWriter {
  (): Writer | null
  register(writer: Writer): Writer
}

const { debug, info, warn, error } = LEVELS

export const log: Patcher = {
  package: 'log',
  versions: '>=6.0.0 <7',
  docs: {
    takes: 'what the writer (log-node) prints',
    namespace: "the logger's namespace",
  },
  levels: { debug, info, notice: info, warning: warn, error },
  frames: ['log-node', 'event-emitter'],
  files: { 'lib/get-master-writer.js': patch },
}

/** Taken before `lib/abstract-writer.js` keeps `register`. */
function patch(master: MasterWriter, { outlet }: Target): void {
  const take = (writer: Writer): void =>
    wrapMethod(writer, 'writeMessage', (native, self, args) => {
      const [event] = args as [LogEvent]
      const own = outlet.child(event.logger.namespace ?? undefined)
      const print = () => Reflect.apply(native, self, args)
      if (own.native) return passing(print)
      return collecting({ outlet: own, call: (text) => callOf(event, text) }, print)
    })

  wrapMethod(master, 'register', (native, self, args) => {
    const writer = Reflect.apply(native, self, args)
    take(writer)
    return writer
  })
  const early = master()
  if (early !== null) take(early)
}

function callOf({ logger, messageTokens, messageContent }: LogEvent, text: string): LogCall {
  const level = log.levels[logger.level] ?? info
  const msg = plain(messageContent)
  return printed(text, msg) ? { level, msg, err: firstError(messageTokens) } : { level, msg: text }
}
