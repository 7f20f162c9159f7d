import { createRequire } from 'node:module'
import { expect, it } from 'vitest'

interface Comparison {
  readonly functions: number
  readonly threwWithUs: number
  readonly wrong: Readonly<Record<string, readonly unknown[]>>
}

const require = createRequire(import.meta.url)
const { compare } = require('../fixtures/fuzz/compare.cjs') as {
  compare(name: string, seed: number, count: number): Promise<Comparison>
}
const loggers = Object.keys(require('../fixtures/fuzz/loggers.cjs'))
// `npm run fuzz` has a seed of its own each time, and many more lists.
const SEED = Number(process.env.FUZZ_SEED ?? 1)
const LISTS = 200

const functions: Record<string, number> = {
  ...{ console: 16, debug: 2, loglevel: 7, consola: 15, winston: 10, bunyan: 7, log4js: 9, pino: 7, app: 7 },
}

it.each(loggers)(
  'hostile arguments: %s throws, changes and returns what it does without us',
  async (name) => {
    const compared = await compare(name, SEED, LISTS)
    const wrong = Object.entries(compared.wrong).filter(([, found]) => found.length > 0)
    expect(wrong, `seed ${SEED}, ${LISTS} lists`).toEqual([])
    expect(compared.functions).toBe(functions[name])
  },
  180_000,
)
