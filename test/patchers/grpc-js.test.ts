import { join } from 'node:path'
import { expect, it } from 'vitest'
import { soundPlatform } from '../../src/core/hooks/versions'
import { node, ROOT, records, unified } from '../support/run'

const CLIENT = join(ROOT, 'fixtures/grpc-js/newest/client.cjs')
const UNAVAILABLE = 14

it.each(soundPlatform() ? ['platform', 'middle'] : ['middle'])(
  'names the place in the client that made the line (%s)',
  async (hooks) => {
    const before = await node([CLIENT])
    const after = await unified(CLIENT, { UNIFY_LOGS_HOOKS: hooks })

    expect([before.code, after.code, after.stderr]).toEqual([UNAVAILABLE, UNAVAILABLE, ''])
    const texts = before.stderr.split('\n').filter((line) => line !== '')
    expect(texts.length).toBeGreaterThan(5)
    const lines = records(after)
    expect(lines.map(({ namespace, msg }) => `${namespace} | ${msg}`)).toEqual(
      texts.map((line) => line.split(' | ').slice(2).join(' | ')),
    )
    for (const line of lines) {
      expect(line).toMatchObject({
        source: '@grpc/grpc-js',
        level: 20,
        pkg: expect.stringMatching(/^@grpc\/grpc-js@1/),
        trace: expect.stringMatching(/^@grpc\.grpc-js\.(src|build\.src)\.[\w-]+:/),
      })
      expect(line.trace).not.toContain('.logging:')
    }
  },
)
