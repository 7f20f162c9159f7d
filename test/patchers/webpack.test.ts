import { join } from 'node:path'
import { expect, it } from 'vitest'
import { soundPlatform } from '../../src/core/hooks/versions'
import { node, ROOT, records, unified } from '../support/run'

const BUILD = join(ROOT, 'fixtures/webpack/newest/cached.cjs')

it.each(soundPlatform() ? ['platform', 'middle'] : ['middle'])(
  'names the place in webpack that made the line (%s)',
  async (hooks) => {
    const before = await node([BUILD])
    const after = await unified(BUILD, { UNIFY_LOGS_HOOKS: hooks })

    expect([after.code, after.stderr]).toEqual([0, ''])
    const lines = records(after)
    expect(lines.length).toBe(before.stderr.trimEnd().split('\n').length)
    expect(lines.length).toBeGreaterThan(3)
    for (const line of lines) {
      expect(line).toMatchObject({
        source: 'webpack',
        level: 20,
        namespace: expect.stringMatching(/Cache|cache/),
        pkg: expect.stringMatching(/^webpack@5/),
        trace: expect.stringMatching(/^webpack\.lib\.cache\./),
      })
      expect(line.msg).not.toMatch(/^[<[ ]/)
    }
  },
)
