import { projectRoot, readConfigFile } from './config-file'
import { guard } from './guard'
import { type Config, defaults, type Settings } from './settings'

export { projectRoot } from './config-file'
export type { Config, HttpConfig, ModuleConfig, PackagePatch, Transport, UserConfig } from './settings'

/** Most processes have no configuration, or next to none: the checks are loaded with the first thing to check. */
const given = () => require('./given') as typeof import('./given')

/**
 * Reads the configuration: defaults, then the file, then the environment. Says on stderr, one line each, what is wrong
 * in it, and goes on without. Never throws.
 *
 * @param loggers names of the built-in patchers: what `patch` may name, and its default
 * @param optIn those of them that only `patch` can turn on
 */
export function loadConfig(loggers: readonly string[], optIn: ReadonlySet<string> = new Set()): Config {
  const root = projectRoot()
  const byDefault = loggers.filter((name) => !optIn.has(name))
  const fromFile = (): Partial<Settings> => {
    const file = readConfigFile(root)
    return file === undefined ? {} : given().fromFile(file, loggers, byDefault)
  }
  const settings: Settings = {
    ...defaults(byDefault),
    ...guard('reading the configuration (the defaults are used)', fromFile, {}),
  }
  const hasVariables = Object.keys(process.env).some((name) => name.startsWith('UNIFY_LOGS_'))
  const fromEnvironment = () => (hasVariables ? given().fromEnvironment(loggers, settings) : {})
  return Object.freeze({
    ...settings,
    ...guard('reading the UNIFY_LOGS_ variables (they are ignored)', fromEnvironment, {}),
    root,
  })
}
