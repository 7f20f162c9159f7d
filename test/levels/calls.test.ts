import { join } from 'node:path'
import { expect, it } from 'vitest'
import { node, REGISTER, ROOT, records, seenBy } from '../support/run'

/**
 * How many functions of ours are called for one line that is not printed: where `levels` is not used, for a question
 * for the level, where `levels` names another logger of the library, and where it hides the line. The functions of a
 * shim, a claim or a stamp would make it many more.
 */
const CALLS: Readonly<
  Record<string, readonly [disabled: number, asked: number, others: number, hidden: number]>
> = {
  bunyan: [0, 0, 0, 0],
  // A log function of consola is ours; its threshold is a property, asked twice.
  consola: [1, 0, 9, 21],
  // In 2 and 3 the answer is a getter of ours.
  debug: [0, 0, 0, 1],
  // Its level methods are ours: from there the caller is near.
  log4js: [1, 0, 4, 4],
  loglevel: [0, 0, 0, 0],
  pino: [0, 0, 0, 0],
  // Winston 3 formats a disabled line and hands it to each transport.
  winston: [15, 0, 37, 53],
}

it.each(Object.entries(CALLS))(
  'few functions of ours are called for a line of %s that is not printed',
  async (name, most) => {
    for (const version of ['oldest', 'newest']) {
      const program = join(ROOT, 'fixtures/levels/calls.cjs')
      const run = await node(['--require', REGISTER, program, join(ROOT, 'fixtures', name, version), name])
      const seen = seenBy(run)
      const counts = ['disabled', 'asked', 'others', 'hidden'].map((phase) => seen[phase] as number)
      expect(records(run).filter(({ source }) => source === name)).toEqual([])
      expect(counts.length).toBe(most.length)
      for (const [at, count] of counts.entries())
        expect(count, `${version} ${at}`).toBeLessThanOrEqual(most[at] as number)
    }
  },
)
