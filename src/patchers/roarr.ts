import { LEVELS, type Level } from '../core/levels'
import { filled, isFields, jsonFields } from '../core/message'
import type { Patcher, Target } from '../core/patcher'
import type { Fields, LogCall } from '../core/record'
import { wrapSlot } from '../core/shim'
import { claiming, passing } from '../core/terminal'

/** A message, as every line is by default. */
interface Message {
  readonly context: Fields
  readonly message: string
}

export const roarr: Patcher = {
  package: 'roarr',
  versions: '>=2.3.0 <8',
  docs: {
    takes: 'what `ROARR.write` prints',
    namespace: '`package:namespace` of the context',
    limits: [
      "A line in a form of the program's own (`serializeMessage`, since 7.13) has neither namespace nor `data`.",
    ],
  },
  levels: LEVELS,
  files: {
    'dist/log.js': patch,
    'dist/src/log.js': patch,
    'dist/Roarr.js': patch,
    'dist/src/Roarr.js': patch,
  },
}

/**
 * Each copy makes `globalThis.ROARR` anew from the one before, and a program may assign a `write` of its own: what
 * that prints is its own, as far as it is not roarr's line.
 */
function patch(_: unknown, { outlet }: Target): void {
  const { ROARR } = globalThis as unknown as { ROARR: object }
  /** Of the write in progress: a `write` of the program's may call the one before it. */
  let outermost: CallableFunction | undefined

  wrapSlot(ROARR, 'write', (native, self, args, wrapper) => {
    const [line] = args as [string]
    const { context, message } = parsed(line)
    const { logLevel, package: pkg, namespace, ...data } = context
    const own = outlet.child([pkg, namespace].filter(Boolean).join(':') || undefined)
    const print = () => Reflect.apply(native, self, args)
    if (own.native) return passing(print)

    const outer = outermost
    outermost ??= wrapper
    const call: LogCall = {
      level: typeof logLevel === 'number' ? (logLevel as Level) : LEVELS.info,
      msg: message,
      data: filled(data),
      below: outermost,
    }
    try {
      return claiming({ outlet: own, call: (text) => (text === line ? call : undefined) }, print)
    } finally {
      outermost = outer
    }
  })
}

/** Since 7.13 a program may write lines in a form of its own, by `ROARR.serializeMessage`. */
function parsed(line: string): Message {
  const { context, message } = jsonFields(line) ?? {}
  return typeof message === 'string' && isFields(context)
    ? { context, message }
    : { context: {}, message: line }
}
