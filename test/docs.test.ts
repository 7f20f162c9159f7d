import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { node, REGISTER, ROOT } from './support/run'

it('docs/loggers.md is what the patchers say', async () => {
  const { stdout } = await node([join(ROOT, 'scripts/loggers-page.cjs'), '--print'])
  expect(stdout).toContain('| `winston` |')
  expect(readFileSync(join(ROOT, 'docs/loggers.md'), 'utf8')).toBe(stdout)
})

it('docs/configuration.md shows what is said of a mistake', async () => {
  const page = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8')
  const [, config = '', said = ''] =
    /```json\n(\{\n {2}"formt"[^`]+)```\n```\n\$ UNIFY_LOGS_TRACE=on node app.js\n([^`]+)```/.exec(page) ?? []
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'docs-')))
  try {
    writeFileSync(join(dir, 'package.json'), '{}')
    writeFileSync(join(dir, 'app.js'), '')
    writeFileSync(join(dir, 'unify-logs.config.json'), config)
    const args = ['--require', REGISTER, join(dir, 'app.js')]
    const { stderr } = await node(args, { UNIFY_LOGS_TRACE: 'on' })
    expect(stderr.replaceAll(dir, '/srv/shop')).toBe(said)
    expect(said.split('\n')).toHaveLength(7)
  } finally {
    rmSync(dir, { recursive: true })
  }
})
