import type { Level } from './levels'

/** Structured values by name. */
export type Fields = Readonly<Record<string, unknown>>

/** Where a line was called from. */
export interface CallSite {
  /** `module.path:function:line`, source-mapped. */
  readonly trace: string
  /** Absolute path of the (source-mapped) file; absent where the code has none. */
  readonly file?: string
  /** Name and version of the package that holds the file, where it lies inside `node_modules`. */
  readonly pkg?: { readonly name: string; readonly version: string }
}

/** Where the caller of a logger is: below one of the logger's functions on the stack. */
export type Below = CallableFunction | Look

/** A look at the frames below a function. V8 makes `stack` of them when it is first read. */
export interface Look {
  readonly below: CallableFunction
  readonly stack?: unknown
}

/** What only the moment of a call knows. */
export interface Stamp {
  /** Epoch milliseconds. */
  readonly time: number
  /** Context fields of the caller; none outside every interaction. */
  readonly context: Fields
  /** True where the interaction of the caller has ended. */
  readonly late?: boolean | undefined
  /** The active span, where the process is traced: `trace_id`, `span_id`, `trace_flags`. */
  readonly span?: Fields | undefined
  /** Absent where tracing is off for the level, or no caller is on the stack. */
  readonly site?: CallSite | undefined
}

/** One line, as the patcher of its logger knows it. */
export interface LogCall {
  readonly level: Level
  /** The text a reader would have seen, without the colours, timestamps, prefixes and badges of the library. */
  readonly msg: string
  /** Structured fields that the call carried, after the library's own redaction. */
  readonly data?: Fields | undefined
  /** In place of `data`: the same as the library has made JSON of it, a short object with no other object in it. */
  readonly json?: string | undefined
  /** The first Error that the call carried. */
  readonly err?: unknown
  /** The logger's user-facing function on the stack: the caller is the frame below it. Or a look that was taken there. */
  readonly below?: Below | undefined
  /** Taken by `Outlet.stamp` at the call, where the library prints later than it was called. */
  readonly stamp?: Stamp | undefined
}

/** One line, as the sink gets it: what many lines share is JSON already. */
export interface SinkRecord {
  readonly level: Level
  /** Epoch milliseconds. */
  readonly time: number
  /**
   * The other members of the record, each with a comma before it: `,"source":"console","module":"APP"`. Nothing in them
   * acts on a terminal.
   */
  readonly members: string
  readonly msg: string
}

/** One line, as it leaves: the JSON format prints these keys, context fields beside them. */
export interface LogRecord {
  readonly level: Level
  /** Epoch milliseconds. */
  readonly time: number
  /** Number of the worker thread; absent in the main thread. */
  readonly worker?: number
  readonly source: string
  readonly namespace?: string
  readonly module: string
  /** `name@version` of the package whose code made the call. */
  readonly pkg?: string
  readonly trace?: string
  readonly msg: string
  readonly data?: unknown
  readonly err?: unknown
  /** True where its interaction had ended. */
  readonly late?: boolean
  /** How often the record came again, where `fold` counts. */
  readonly repeated?: number
  /** How many lines `limits` left out. */
  readonly leftOut?: number
  readonly [field: string]: unknown
}

/** What the text format shows of a record. Every text in it, context fields beside these keys included, comes back from `parse`. */
export interface TextRecord {
  /** One of the six. */
  readonly level: Level
  /** Local time of the process that wrote it: `2024-12-16 14:49:36`. */
  readonly time: string
  readonly trace?: string
  readonly module: string
  /** `data`, the mark of a late line and the count of `fold` stand behind its first line. */
  readonly msg: string
  readonly interactionId?: string
  /** The error below the line, its causes included. */
  readonly err?: { readonly stack: string }
  readonly [field: string]: unknown
}

/** Keys of a record that are no context field. `pid` and `hostname` are pino's. */
export const RECORD_KEYS: ReadonlySet<string> = new Set(
  'level time pid worker hostname source namespace module pkg trace msg data err interactionId trace_id span_id trace_flags late repeated leftOut'.split(
    ' ',
  ),
)

/** For `util.inspect`, of whose types a program that uses ours may have none: however deep and long, a value stays in its line. */
export const ONE_LINE = { depth: null, breakLength: Number.POSITIVE_INFINITY, compact: true }
