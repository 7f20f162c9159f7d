import { LEVELS } from '../core/levels'
import { asText, errorIn, filled, jsonFields, printed } from '../core/message'
import type { Outlet, Patcher, Target } from '../core/patcher'
import type { LogCall } from '../core/record'
import { wrapMethod } from '../core/shim'
import { claiming } from '../core/terminal'

export const kafkajs: Patcher = {
  package: 'kafkajs',
  versions: '>=2.0.0 <3',
  docs: {
    takes: "its own print, or a `logCreator` of the program's own that prints in the call",
    namespace: 'the name given to `namespace`',
    limits: [
      "With a `logCreator` of the program's own `msg` is all that it printed, and there is no `data`.",
    ],
  },
  levels: { error: LEVELS.error, warn: LEVELS.warn, info: LEVELS.info, debug: LEVELS.debug },
  sdk: true,
  files: { 'src/loggers/index.js': patch },
}

function patch(loggers: object, { outlet }: Target): void {
  wrapMethod(loggers, 'createLogger', (native, self, args) => {
    const logger: object = Reflect.apply(native, self, args)
    takeMethods(logger, outlet)
    return logger
  })
}

/** A logger is an object of closures: its thresholds and its `logCreator` stay inside them. */
function takeMethods(logger: object, outlet: Outlet, prefix = ''): void {
  for (const [name, level] of Object.entries(kafkajs.levels)) {
    wrapMethod(logger, name, (native, self, args, below) => {
      const [text, extra] = args
      const err = errorIn(extra)
      const call = (output: string): LogCall | undefined => {
        const line = fromJson(output, prefix) ?? fromText(output, asText(text))
        return line && { ...line, level, err, below }
      }
      return claiming({ outlet, call }, () => Reflect.apply(native, self, args))
    })
  }
  wrapMethod(logger, 'namespace', (native, self, args) => {
    const [name] = args
    const child: object = Reflect.apply(native, self, args)
    takeMethods(child, outlet.child(name), name ? `[${name}] ` : '')
    return child
  })
}

type Line = Pick<LogCall, 'msg' | 'data'>

/** The library's own print: one JSON object. */
function fromJson(output: string, prefix: string): Line | undefined {
  const fields = output.startsWith('{"level":') ? jsonFields(output) : undefined
  if (fields === undefined) return undefined
  const { level, timestamp, logger, message, ...data } = fields
  const msg = String(message).slice(prefix.length)
  return { msg, data: filled(data) }
}

/** What a `logCreator` of the user's own printed, in a layout of its own. */
function fromText(output: string, text: string | undefined): Line | undefined {
  return text !== undefined && printed(output, text) ? { msg: output } : undefined
}
