import { LEVELS, type Level, type LevelName } from './levels'

/**
 * The name of the highest of the six levels that `level` reaches.
 *
 * @param level a pino level number; below 10 counts as `trace`
 * @returns `'info'` for 30 and for 35
 */
export function levelName(level: Level): LevelName {
  if (level >= LEVELS.fatal) return 'fatal'
  if (level >= LEVELS.error) return 'error'
  if (level >= LEVELS.warn) return 'warn'
  if (level >= LEVELS.info) return 'info'
  if (level >= LEVELS.debug) return 'debug'
  return 'trace'
}

const { trace, debug, info, warn, error, fatal } = LEVELS

/** What loggers and the log formats of clouds call a level. */
const NAMES: ReadonlyMap<string, Level> = new Map(
  Object.entries({
    ...{
      silly: trace,
      trace,
      verbose: trace,
      debug,
      info,
      notice: info,
      http: info,
      log: info,
      default: info,
    },
    ...{ warn, warning: warn, error, err: error, severe: error, fatal, critical: fatal, crit: fatal },
    ...{ alert: fatal, emergency: fatal, emerg: fatal, panic: fatal },
  }),
)

/**
 * The level that a word names, in any case.
 *
 * @returns undefined where it names none
 */
export function levelNamed(word: string): Level | undefined {
  return NAMES.get(word.toLowerCase())
}
