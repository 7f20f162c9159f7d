import { join } from 'node:path'
import { expect, it } from 'vitest'
import { soundPlatform } from '../../src/core/hooks/versions'
import { node, ROOT, records, unified } from '../support/run'

const CLIENT = join(ROOT, 'fixtures/kafkajs/newest/client.cjs')

it.each(soundPlatform() ? ['platform', 'middle'] : ['middle'])(
  'names the place in the client that made the line (%s)',
  async (hooks) => {
    const before = await node([CLIENT])
    const after = await unified(CLIENT, { UNIFY_LOGS_HOOKS: hooks })

    expect([after.code, after.stderr]).toEqual([before.code, ''])
    expect(before.code).toBe(7)
    const lines = records(after)
    expect(lines).toHaveLength(before.stderr.trimEnd().split('\n').length)
    for (const line of lines) {
      expect(line).toMatchObject({ source: 'kafkajs', level: 50, pkg: expect.stringMatching(/^kafkajs@2/) })
    }
    expect(lines[0]).toMatchObject({
      namespace: 'Connection',
      msg: 'Connection error: connect ECONNREFUSED 127.0.0.1:1',
      data: { broker: '127.0.0.1:1', clientId: 'shop' },
      trace: expect.stringMatching(/^kafkajs\.src\.network\.connection:/),
    })
    expect(Object.keys(lines[0].data)).toEqual(['broker', 'clientId', 'stack'])
  },
)
