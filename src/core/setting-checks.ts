import { type Check, flag, found, isObject, listOf, mapOf, nearest, oneOf, shapeOf, text } from './checks'
import { LEVELS, type LevelName } from './levels'
import { halves, OWN_SOURCES, wildcard } from './pattern'
import type { HttpConfig, ModuleConfig, PackagePatch, Transport, UserConfig } from './settings'

/** `a.b`, `*.b`, `a[0].b`, `a["b-c"]`; at least one step has a name. */
const REDACT_PATH =
  /^(?!(?:\*|\.|\[[\d*]*\])*$)(?:[^.,[\]]+|\[(?:[^.,[\]"']+|"[^",]+"|'[^',]+')\])(?:\.[^.,[\]]+|\[(?:[^.,[\]"']+|"[^",]+"|'[^',]+')\])*$/

/** What `limits` takes: lines a second, minute or hour. */
const RATE = /^[1-9]\d{0,8}\/[smh]$/

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

/**
 * What `optOut`, `levels` and `modules.match` may say. A text with a colon, or the bare name of a logger, is
 * `source:namespace` or `package:name`; any other text can only be a file glob.
 *
 * @param loggers names of the built-in patchers, and of packages with private loggers
 * @param files whether file globs are allowed here
 * @returns a check whose patterns always have a colon, file globs excepted
 */
function patternCheck(loggers: readonly string[], files: boolean): Check<string> {
  const sources = [...new Set([...loggers, ...OWN_SOURCES])]
  const allowed =
    `"source:namespace" or "package:name"${files ? ', or a file glob relative to the project root' : ''}, ` +
    `"*" for any text (sources: ${sources.join(', ')})`
  return {
    allowed,
    take(value, path, report) {
      const pattern = typeof value === 'string' ? value : ''
      const [head, rest] = halves(pattern) ?? [pattern, undefined]
      if (head === 'package' || sources.some(wildcard(head)))
        return rest === undefined ? `${head}:*` : pattern
      if (files && rest === undefined && /^[^/].*[/\\.]|^\./.test(pattern)) return pattern
      const near = nearest(head, ['package', ...sources])
      const meant = near !== undefined && rest !== undefined ? `${near}:${rest}` : near
      report({ path, found: found(value), allowed, nearest: meant })
      return undefined
    },
  }
}
