/** The six levels by name, in pino's numbers. */
export const LEVELS = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const

export type LevelName = keyof typeof LEVELS

/** A pino level number: one of the six, or a number of its own from a library with custom levels. */
export type Level = number
