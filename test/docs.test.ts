import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { node, ROOT } from './support/run'

it('docs/loggers.md is what the patchers say', async () => {
  const { stdout } = await node([join(ROOT, 'scripts/loggers-page.cjs'), '--print'])
  expect(stdout).toContain('| `winston` |')
  expect(readFileSync(join(ROOT, 'docs/loggers.md'), 'utf8')).toBe(stdout)
})
