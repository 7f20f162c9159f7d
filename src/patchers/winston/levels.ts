import { LEVELS, type Level } from '../../core/levels'

const { trace, debug, info, warn, error, fatal } = LEVELS

/** The npm, syslog and cli levels, and our own six names: programs make their own sets of them. */
export const levels: Readonly<Record<string, Level>> = {
  ...LEVELS,
  ...{
    emerg: fatal,
    alert: fatal,
    crit: fatal,
    warning: warn,
    notice: info,
    http: info,
    verbose: debug,
    silly: trace,
  },
  ...{ help: info, data: info, prompt: info, input: info },
}

/** A logger's level names; 0 is the most important. */
export type Ranks = Readonly<Record<string, number>>

/**
 * @param ranks the logger's own levels
 * @returns the level of the name; a name of the program's own stands by its rank between `error` and `trace`
 */
export function levelOf(name: string, ranks: Ranks = {}): Level {
  const known = levels[name]
  if (known !== undefined) return known
  const rank = ranks[name]
  if (rank === undefined) return info
  const others = Object.values(ranks)
  const place = others.filter((other) => other < rank).length / Math.max(others.length - 1, 1)
  return error - 10 * Math.round(place * 4)
}
