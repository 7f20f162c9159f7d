import { LEVELS, type Level } from '../core/levels'
import { bare, filled, isFields, jsonFields } from '../core/message'
import type { Patcher, Target } from '../core/patcher'
import type { Fields, LogCall } from '../core/record'
import { wrapMethod, wrapSlot } from '../core/shim'
import { claiming, passing } from '../core/terminal'

/** A message, as every line is by default. */
interface Message {
  readonly context: Fields
  readonly message: string
  readonly sequence?: unknown
}

export const roarr: Patcher = {
  package: 'roarr',
  versions: '>=2.0.2 <8',
  docs: {
    takes: 'what `ROARR.write` prints',
    namespace: '`package:namespace` of the context',
    limits: [
      "A line in a form of the program's own (`serializeMessage`, since 7.13) has neither namespace nor `data`.",
    ],
  },
  levels: LEVELS,
  files: {
    'dist/factories/createLogger.js': patchPrinter,
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
function patch(_: unknown, { outlet, version }: Target): void {
  if (isBeforeWrite(version)) return
  const { ROARR } = globalThis as unknown as { ROARR: object }
  /** Of the write in progress: a `write` of the program's may call the one before it. */
  let outermost: CallableFunction | undefined

  wrapSlot(ROARR, 'write', (native, self, args, wrapper) => {
    const [line] = args as [string]
    const message = parsed(line)
    const own = outlet.child(namespaceOf(message))
    const print = () => Reflect.apply(native, self, args)
    if (own.native) return passing(print)

    const outer = outermost
    outermost ??= wrapper
    const call = callOf(message, outermost)
    try {
      return claiming({ outlet: own, call: (text) => (text === bare(line) ? call : undefined) }, print)
    } finally {
      outermost = outer
    }
  })
}

/** 2.0 has no `ROARR.write`: a logger is made with what prints its messages. */
function isBeforeWrite(version: string): boolean {
  return version.startsWith('2.0.')
}

function patchPrinter(exports: object, { outlet, version }: Target): void {
  if (!isBeforeWrite(version)) return
  wrapMethod(exports, 'default', (native, self, [print, ...rest]) => {
    const taken = (message: Message): unknown => {
      const own = outlet.child(namespaceOf(message))
      if (own.native) return passing(() => print(message))
      const call = (text: string) => {
        const told = parsed(text)
        return told.sequence === message.sequence ? callOf(told, taken) : undefined
      }
      return claiming({ outlet: own, call }, () => print(message))
    }
    return Reflect.apply(native, self, [taken, ...rest])
  })
}

function namespaceOf({ context: { package: pkg, namespace } }: Message): string | undefined {
  return [pkg, namespace].filter(Boolean).join(':') || undefined
}

function callOf({ context, message }: Message, below: CallableFunction): LogCall {
  const { logLevel, package: _package, namespace: _namespace, ...data } = context
  const level = typeof logLevel === 'number' ? (logLevel as Level) : LEVELS.info
  return { level, msg: message, data: filled(data), below }
}

/** Since 7.13 a program may write lines in a form of its own, by `ROARR.serializeMessage`. */
function parsed(line: string): Message {
  const { context, message, sequence } = jsonFields(line) ?? {}
  return typeof message === 'string' && isFields(context)
    ? { context, message, sequence }
    : { context: {}, message: line }
}
