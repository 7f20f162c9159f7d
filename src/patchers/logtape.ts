import { LEVELS } from '../core/levels'
import {
  asText,
  errorIn,
  errorMessage,
  filled,
  firstError,
  jsonFields,
  message,
  printed,
} from '../core/message'
import type { Patcher, Target } from '../core/patcher'
import type { Fields, LogCall } from '../core/record'
import { wrapMethod } from '../core/shim'
import { claiming, passing } from '../core/terminal'

/** What a sink gets. */
interface LogTapeRecord {
  readonly category: readonly string[]
  readonly level: string
  /** The texts of the template, and between them its values. */
  readonly message: readonly unknown[]
  readonly properties: Fields
}

const { trace, debug, info, warn, error, fatal } = LEVELS

export const logtape: Patcher = {
  package: '@logtape/logtape',
  versions: '>=1.0.0 <3',
  docs: {
    takes: 'what the sinks print in the call',
    namespace: 'the category, joined by `.`',
    limits: ["A sink with `nonBlocking` prints later: its lines are `console`'s."],
  },
  levels: { trace, debug, info, warning: warn, error, fatal },
  files: { 'dist/logger.js': patch, 'dist/logger.cjs': patch },
}

/** Its sinks are functions of the program's: what they print of the record is a line of this logger. */
function patch({ LoggerImpl: { prototype } }: { LoggerImpl: CallableFunction }, { outlet }: Target): void {
  // In 2 the categories of a scope are known behind `emit`.
  const key = 'emitResolved' in prototype ? 'emitResolved' : 'emit'
  wrapMethod(prototype, key, (native, self, args, below) => {
    const [record] = args as [LogTapeRecord]
    const own = outlet.child(record.category.join('.') || undefined)
    const emit = () => Reflect.apply(native, self, args)
    if (own.native) return passing(emit)
    const call = (text: string) => {
      const line = lineOf(record, text)
      return line && { ...line, below }
    }
    return claiming({ outlet: own, call }, emit)
  })
}

/** Undefined where the printed text is not the record's: a sink may log for itself. */
function lineOf(record: LogTapeRecord, text: string): LogCall | undefined {
  const parts = record.message.filter((_, i) => i % 2 === 0)
  if (!parts.every((part) => printed(text, asText(part) ?? ''))) return undefined
  const err = errorIn(record.properties) ?? firstError(record.message)
  return {
    level: logtape.levels[record.level] ?? info,
    ...(jsonOf(text) ?? { msg: messageOf(record, text) }),
    err: err && printed(text, errorMessage(err)) ? err : undefined,
  }
}

/** The message without date, level and category, if it was printed so; the console's own formatter prints by `%o`. */
function messageOf({ message: parts }: LogTapeRecord, text: string): string {
  const shown = (value: (part: unknown) => string) =>
    parts.map((part, i) => (i % 2 === 0 ? part : value(part))).join('')
  const plain = shown((part) => message([part]))
  if (printed(text, plain)) return plain
  const full = shown((part) => message(['%o', part]))
  return printed(text, full) ? full : text
}

/** A line of the JSON formatter: its fields are what the program lets be seen. */
function jsonOf(text: string): Pick<LogCall, 'msg' | 'data'> | undefined {
  if (!text.startsWith('{')) return undefined
  const { '@timestamp': time, level, logger, message: msg, properties, ...others } = jsonFields(text) ?? {}
  if (time === undefined || logger === undefined || typeof msg !== 'string') return undefined
  return { msg, data: filled({ ...others, ...(properties as Fields) }) }
}
