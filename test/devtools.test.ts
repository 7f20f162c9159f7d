import { join } from 'node:path'
import { expect, it } from 'vitest'
import { node, ROOT, records, unified } from './support/run'

const PROGRAM = join(ROOT, 'fixtures/preload/inspected.cjs')

it('DevTools are told of every console call once, as without the preload', async () => {
  const [native, ours] = await Promise.all([node([PROGRAM]), unified(PROGRAM)])
  // Durations differ; the text of `console.trace`, which Node prints by a call of its own, shows our frames.
  const told = ({ observed }: { observed: string }) =>
    JSON.parse(observed.replace(/\b[\d.]+ ?ms/g, 'N ms').replace(/(\\n {4}at [^"]*)+/g, ''))
  expect(told(native).length).toBeGreaterThanOrEqual(14)
  expect(told(ours)).toEqual(told(native))
  expect(records(ours).length).toBe(13)
  expect([ours.stderr, ours.code]).toEqual(['', 0])
})
