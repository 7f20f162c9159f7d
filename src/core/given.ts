import { type Mistake, nearest, type Report, shapeOf } from './checks'
import type { ConfigFile } from './config-file'
import { complain } from './guard'
import { checks } from './setting-checks'
import type { Config, Settings, UserConfig } from './settings'

const PREFIX = 'UNIFY_LOGS_'

/** The keys that an environment variable may set; the last one of a key wins. */
const VARIABLES: Readonly<Record<string, keyof Settings>> = {
  UNIFY_LOGS_OPTOUT: 'optOut',
  UNIFY_LOGS_OPT_OUT: 'optOut',
  UNIFY_LOGS_LEVEL: 'level',
  UNIFY_LOGS_FORMAT: 'format',
  UNIFY_LOGS_TRACE: 'trace',
  UNIFY_LOGS_STDIO: 'stdio',
  UNIFY_LOGS_DESTINATION: 'destination',
  UNIFY_LOGS_BATCH: 'batch',
  UNIFY_LOGS_RELOAD: 'reload',
  UNIFY_LOGS_HTTP: 'http',
  UNIFY_LOGS_ERRORS: 'errors',
  UNIFY_LOGS_FOLD: 'fold',
  UNIFY_LOGS_HOOKS: 'hooks',
}

/** What a variable's text stands for, where a text will not do. */
const READ: { readonly [K in keyof Settings]?: (text: string) => unknown } = {
  optOut: items,
  http: truth,
  fold: truth,
  batch: truth,
}

/**
 * Checks what a program gives for `levels`. What is wrong in it is said on stderr, one line each, and left out.
 *
 * @param loggers names of the built-in patchers
 */
export function checkedLevels(
  given: unknown,
  config: Config,
  loggers: readonly string[],
): Config['levels'] | undefined {
  const { levels } = checks(loggers, [...loggers, ...packagesIn(config)])
  return levels.take(given, '', (mistake) => say(`setLevels${mistake.path}`, mistake, 'it is ignored'))
}

/** Packages that `patch` names are sources of records as loggers are. */
function packagesIn(settings: unknown): string[] {
  const { patch } = Object(settings) as { patch?: unknown }
  if (!Array.isArray(patch)) return []
  return patch.map((entry) => entry?.package).filter((name) => typeof name === 'string')
}

/** What a configuration file says. What is wrong in it is said on stderr, one line each, and left out. */
export function fromFile(
  file: ConfigFile,
  loggers: readonly string[],
  byDefault: readonly string[],
): Partial<Settings> {
  const keys = checks(loggers, [...loggers, ...packagesIn(file.value)], byDefault)
  const report: Report = (mistake) => {
    const place = mistake.path === '' ? file.where : `${file.where}: ${mistake.path}`
    const whole = mistake.path === '' || Object.hasOwn(keys, mistake.path)
    say(place, mistake, whole ? 'the default is used' : 'it is ignored')
  }
  return shapeOf<UserConfig>(keys).take(file.value, '', report) ?? {}
}

/** The same for the variables of the environment. */
export function fromEnvironment(loggers: readonly string[], settings: Settings): Partial<Settings> {
  const keys = checks(loggers, [...loggers, ...packagesIn(settings)])
  const report: Report = (mistake) => say(mistake.path, mistake, 'it is ignored')
  const taken: Record<string, unknown> = {}
  for (const [variable, key] of Object.entries(VARIABLES)) {
    const text = process.env[variable]
    if (!text) continue
    const kept = keys[key].take(READ[key]?.(text) ?? text, variable, report)
    if (kept !== undefined) taken[key] = kept
  }
  reportUnknown(report)
  return taken
}

function truth(text: string): boolean | string {
  return /^(?:true|false)$/.test(text) ? text === 'true' : text
}

function items(text: string): string[] {
  const trimmed = text.split(',').map((item) => item.trim())
  return trimmed.filter((item) => item !== '')
}

function reportUnknown(report: Report): void {
  const known = [`${PREFIX}CONFIG`, ...Object.keys(VARIABLES)]
  for (const name of Object.keys(process.env)) {
    if (!name.startsWith(PREFIX) || known.includes(name)) continue
    const endings = known.map((variable) => variable.slice(PREFIX.length))
    const near = nearest(name.slice(PREFIX.length), endings)
    report({
      path: name,
      found: 'unknown variable',
      allowed: known.join(', '),
      nearest: near && PREFIX + near,
    })
  }
}

function say(place: string, { found, nearest, allowed }: Mistake, instead: string): void {
  const meant = nearest === undefined ? '' : ` (did you mean ${JSON.stringify(nearest)}?)`
  complain(`${place}: ${found}${meant}; allowed: ${allowed}; ${instead}`)
}
