import { type Check, flag, found, isObject, listOf, mapOf, nearest, oneOf, shapeOf, text } from './checks'
import { LEVELS, type LevelName } from './levels'
import { patternCheck } from './pattern'

/** `a.b`, `*.b`, `a[0].b`, `a["b-c"]`; at least one step has a name. */
const REDACT_PATH =
  /^(?!(?:\*|\.|\[[\d*]*\])*$)(?:[^.,[\]]+|\[(?:[^.,[\]"']+|"[^",]+"|'[^',]+')\])(?:\.[^.,[\]]+|\[(?:[^.,[\]"']+|"[^",]+"|'[^',]+')\])*$/

/** A package with private loggers, for the recursive patch. */
export interface PackagePatch {
  /** Its npm name. */
  readonly package: string
  /** The module tag of its lines. */
  readonly tag: string
}

/** What `limits` takes: lines a second, minute or hour. */
const RATE = /^[1-9]\d{0,8}\/[smh]$/

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

/**
 * What every key may hold.
 *
 * @param loggers names of the built-in patchers
 * @param sources what patterns may name: these, and the packages in `patch`
 * @param byDefault the loggers that a `patch` of packages alone means
 */
export function checks(
  loggers: readonly string[],
  sources: readonly string[] = loggers,
  byDefault: readonly string[] = loggers,
): {
  readonly [K in keyof Required<UserConfig>]: Check<Required<UserConfig>[K]>
} {
  const levels = Object.keys(LEVELS) as LevelName[]
  const named = patternCheck(sources, false)
  const any = text('a text')
  return {
    $schema: { ...any, take: () => undefined },
    patch: patches(loggers, byDefault),
    optOut: listOf(named),
    level: oneOf(levels),
    levels: mapOf(named, oneOf([...levels, 'off'])),
    format: oneOf(['auto', 'text', 'json']),
    trace: oneOf(['always', 'warn', 'off']),
    modules: mapOf(
      any,
      shapeOf<ModuleConfig>({ match: listOf(patternCheck(sources, true)), fields: listOf(any) }),
    ),
    stdio: oneOf(['stderr', 'both', 'off']),
    limits: mapOf(named, text('lines a time such as "100/s", "1000/m" or "5/h"', RATE)),
    fold: flag,
    redact: listOf(text('a path such as "password"', REDACT_PATH)),
    destination: destination(),
    batch: flag,
    reload: oneOf(['off', 'SIGUSR2']),
    http: http(),
    errors: oneOf(['thrown', 'created']),
    hooks: oneOf(['auto', 'platform', 'middle']),
  }
}

/** Packages alone come on top of the loggers: nobody should have to list these to add one. */
function patches(
  loggers: readonly string[],
  byDefault: readonly string[],
): Check<readonly (string | PackagePatch)[]> {
  const list = listOf(patch(loggers))
  return {
    ...list,
    take(value, path, report) {
      const taken = list.take(value, path, report)
      const alone = taken !== undefined && taken.length > 0 && taken.every(isObject)
      return alone ? Object.freeze([...byDefault, ...taken]) : taken
    },
  }
}

function patch(loggers: readonly string[]): Check<string | PackagePatch> {
  const logger = oneOf(loggers)
  const allowed = `${logger.allowed}, or {"package": …, "tag": …}`
  return {
    allowed,
    take(value, path, report) {
      if (!isObject(value)) return logger.take(value, path, (mistake) => report({ ...mistake, allowed }))
      const { package: name, tag } = value as Record<string, unknown>
      if (typeof name === 'string' && typeof tag === 'string') return Object.freeze({ package: name, tag })
      report({ path, found: found(value), allowed })
      return undefined
    },
  }
}

/** Node throws for any other name of a header. */
const HEADER = /^[\w!#$%&'*+.^`|~-]+$/

function http(): Check<boolean | HttpConfig> {
  const header = text('the name of a header', HEADER)
  const shape = shapeOf<HttpConfig>({
    header,
    trustHeader: flag,
    fields: listOf(oneOf(['method', 'route'])),
    access: flag,
    echo: header,
    propagate: listOf(text('a host such as "api.internal" or "*.svc.local"', /^[\w.:*-]+$/)),
  })
  const allowed = `true, false, or ${shape.allowed}`
  return {
    allowed,
    take(value, path, report) {
      if (isObject(value)) return shape.take(value, path, report)
      return flag.take(value, path, (mistake) => report({ ...mistake, allowed }))
    },
  }
}

function destination(): Check<string | Transport> {
  const allowed =
    '"stdout", "stderr", the path of a file (with a slash or a dot in it), or a pino transport ' +
    '(an object with target, targets or pipeline)'
  return {
    allowed,
    take(value, path, report) {
      if (typeof value === 'string' && /^stdout$|^stderr$|[./\\]/.test(value)) return value
      if (isObject(value)) {
        const { target, targets, pipeline } = value as Record<string, unknown>
        const transport = typeof target === 'string' || Array.isArray(targets) || Array.isArray(pipeline)
        if (transport) return Object.freeze({ ...value }) as Transport
      }
      report({ path, found: found(value), allowed, nearest: nearest(value, ['stdout', 'stderr']) })
      return undefined
    },
  }
}
