import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { node, REGISTER, ROOT, records, seenBy } from './support/run'

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
  ...{ process: 3, debuglog: 1, npmlog: 10, signale: 19, tslog: 10, obug: 2, bole: 5, roarr: 9, log: 10 },
  ...{ 'fancy-log': 5, logtape: 7, nestjs: 9, kafkajs: 5, 'grpc-js': 2, azure: 4, firebase: 5, google: 6 },
  ...{ diagnostics: 1, slack: 4, webpack: 9 },
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

it.each(loggers)('a value that logs itself: %s finds an end', async (name) => {
  const run = await node(['--require', REGISTER, join(ROOT, 'fixtures/fuzz/self.cjs'), name])
  expect(seenBy(run)).toEqual({ [name]: 'done' })
})

it('a getter that logs its object is a record eight times, and counted where it is none', async () => {
  const program = `const { getLogger, stats } = require('@x/unify-logs')
    const log = getLogger('SELF')
    const value = { get again() { log.info(value, 'inside'); return 1 } }
    log.info(value, 'outside')
    require('node:fs').writeSync(3, JSON.stringify(['stats', stats()]))`
  const run = await node(['--require', REGISTER, '--eval', program], { UNIFY_LOGS_FORMAT: 'json' })
  expect(records(run).map(({ msg }) => msg)).toEqual([...Array(7).fill('inside'), 'outside'])
  expect(seenBy(run).stats).toMatchObject({ accepted: 9, written: 8, dropped: { FAULT: 1 } })
})
