import type { LevelName } from './levels'

/** A package with private loggers, for the recursive patch. */
export interface PackagePatch {
  /** Its npm name. */
  readonly package: string
  /** The module tag of its lines. */
  readonly tag: string
}

/** One entry of `modules`. */
export interface ModuleConfig {
  /** Patterns of the lines that carry the tag: `source:namespace`, `package:name`, or a file glob relative to the project root. */
  readonly match?: readonly string[]
  /** Context fields that only the records of the modules that list them carry. A field that no module lists is in all. */
  readonly fields?: readonly string[]
}

/** How the requests of HTTP servers become interactions. Every key may be left out. */
export interface HttpConfig {
  /** The header that carries the id. Default: `x-request-id`, else `x-correlation-id`, else the trace id of `traceparent`. */
  readonly header?: string
  /** Whether that header is believed: then a proxy of yours must set it. Default: `false`, every id is made here. */
  readonly trustHeader?: boolean
  /** What else of a request its lines carry. Default: `method` and `route`. */
  readonly fields?: readonly HttpField[]
  /** Whether each request gives one record when it is over. Default: `false`. */
  readonly access?: boolean
  /** The response header that tells the client the id. Default: none. */
  readonly echo?: string
  /** Hosts that are told the id by `http.request` and `fetch`, with `*` for any text. Default: none. */
  readonly propagate?: readonly string[]
}

export type HttpField = 'method' | 'route'

/** Options of a pino transport, as `pino.transport()` takes them. */
export type Transport =
  | { readonly target: string; readonly options?: object }
  | { readonly targets: readonly object[] }
  | { readonly pipeline: readonly object[] }

/** What a configuration file may say. Every key may be left out. */
export interface UserConfig {
  /** Where editors find the JSON Schema. */
  readonly $schema?: string
  /**
   * Loggers to take over, by npm name, and packages with private loggers. Default: all loggers that have a built-in
   * patcher. A list of packages alone means these loggers too.
   */
  readonly patch?: readonly (string | PackagePatch)[]
  /** Patterns of the lines that stay exactly as without this package; beats everything else. Default: none. */
  readonly optOut?: readonly string[]
  /** The lowest level that is printed. Default: `trace`, what the libraries print. */
  readonly level?: LevelName
  /** The lowest level by pattern, `off` for none; the most precise pattern wins, and beats `level`. Default: none. */
  readonly levels?: Readonly<Record<string, LevelName | 'off'>>
  /** Lines for people or JSON. Default: `auto`, text on a terminal and JSON elsewhere. */
  readonly format?: 'auto' | 'text' | 'json'
  /** Which lines carry their call site: all, those of level `warn` and above, or none. Default: `always`. */
  readonly trace?: 'always' | 'warn' | 'off'
  /** Module tags: which lines carry them, which context fields they show. Default: none. */
  readonly modules?: Readonly<Record<string, ModuleConfig>>
  /**
   * Which streams' lines become records where code writes to them without a logger. Default: `stderr`; what is written to
   * stdout may be the program's output.
   */
  readonly stdio?: 'stderr' | 'both' | 'off'
  /**
   * How many lines pass, by pattern: `100/s`, `1000/m`, `5/h`. Of each namespace alone; the most precise pattern wins. One
   * record says how many were left out. Default: none.
   */
  readonly limits?: Readonly<Record<string, string>>
  /** Whether a record that is the same as the one before it is only counted. Default: `false`. */
  readonly fold?: boolean
  /** Names of the keys whose values are hidden, at any depth; `a.b` hides what is `b` below an `a`. Default: none. */
  readonly redact?: readonly string[]
  /** `stdout`, `stderr`, a file (relative to the project root) or a pino transport. Default: `stdout`. */
  readonly destination?: string | Transport
  /**
   * Whether records wait to be written together, until they are 4,096 bytes or 50 ms have passed. Default: `false`, each is
   * written before the call returns.
   */
  readonly batch?: boolean
  /** The signal on which `level` and `levels` are read again from the configuration file. Default: `off`, none. */
  readonly reload?: 'off' | 'SIGUSR2'
  /** Whether each request of an HTTP server is an interaction, and how. Default: `false`. */
  readonly http?: boolean | HttpConfig
  /**
   * Which errors remember their interaction: those that are thrown out of it, or all that are made in it as well.
   * Default: `thrown`.
   */
  readonly errors?: 'thrown' | 'created'
  /** What sees modules load: Node's own hooks, or require-in-the-middle and import-in-the-middle. Default: `auto`, Node's own where they are sound. */
  readonly hooks?: 'auto' | 'platform' | 'middle'
}

/** Every key has a value. */
export type Settings = Required<Omit<UserConfig, '$schema'>>

/** The checked configuration of this process. Patterns always have a colon, file globs excepted. */
export interface Config extends Settings {
  /** Absolute path of the project root. */
  readonly root: string
}

/** The default of every key. */
export function defaults(loggers: readonly string[]): Settings {
  return {
    patch: Object.freeze([...loggers]),
    optOut: Object.freeze([]),
    level: 'trace',
    levels: Object.freeze({}),
    format: 'auto',
    trace: 'always',
    modules: Object.freeze({}),
    stdio: 'stderr',
    limits: Object.freeze({}),
    fold: false,
    redact: Object.freeze([]),
    destination: 'stdout',
    batch: false,
    reload: 'off',
    http: false,
    errors: 'thrown',
    hooks: 'auto',
  }
}
