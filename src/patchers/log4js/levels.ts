import { LEVELS, type Level } from '../../core/levels'

const { trace, info, fatal } = LEVELS

/** By name; `all` and `off` have methods too. */
export const levels: Readonly<Record<string, Level>> = { ...LEVELS, all: trace, mark: info, off: fatal }

/** @returns the level of the name; one of the program's own stands where its value does: from 10000 (debug) to 50000 (fatal) */
export function levelOf({
  level: value,
  levelStr,
}: {
  readonly level: number
  readonly levelStr: string
}): Level {
  const step = Math.min(Math.max(Math.floor(value / 10_000), 0), 5)
  return levels[levelStr.toLowerCase()] ?? trace + 10 * step
}
