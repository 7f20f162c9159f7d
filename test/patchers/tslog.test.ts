import { join } from 'node:path'
import { expect, it } from 'vitest'
import { node, REGISTER, ROOT, records } from '../support/run'

const COMMONJS = ['--eval', "require('../fields.cjs')(require('tslog'))"]
const MODULE = [
  ...['--input-type=module', '--eval'],
  "import program from '../fields.cjs'; import * as tslog from 'tslog'; program(tslog)",
]

// biome-ignore lint/suspicious/noExplicitAny: records are checked by the tests
async function run(version: string): Promise<any[]> {
  const program = version === 'newest' ? MODULE : COMMONJS
  const env = { UNIFY_LOGS_FORMAT: 'json' }
  const after = await node(['--require', REGISTER, ...program], env, join(ROOT, 'fixtures/tslog', version))
  expect(after.stderr).toBe('')
  return records(after)
}

it.each(['3', '4.4', '4.8', '4', 'newest'])(
  'tslog %s: errors, and nothing that it masks',
  async (version) => {
    const lines = await run(version)
    expect(lines.map(({ source, namespace, level }) => [source, namespace, level])).toEqual(
      ['pretty', 'json'].flatMap((name) => [30, 50, 50, 40].map((level) => ['tslog', name, level])),
    )
    expect(JSON.stringify(lines)).not.toContain('hidden')
    for (const [, failed, alone] of [lines.slice(0, 4), lines.slice(4)]) {
      const stack = expect.stringContaining('fields.cjs')
      expect(failed).toMatchObject({
        msg: 'failed',
        err: { type: 'TypeError', message: 'no such order', stack },
      })
      expect(alone).toMatchObject({ msg: 'too far', err: { type: 'RangeError', stack } })
    }
  },
)

it.each(['4.4', '4.8', '4', 'newest'])('tslog %s: the fields of a line of JSON', async (version) => {
  const [login, , , paid] = (await run(version)).slice(4)
  expect(login).toMatchObject({ msg: 'login', data: { user: 'a', password: '[***]' } })
  expect(paid).toMatchObject({ msg: '', data: { event: 'paid', amount: 3 } })
})

it('tslog 4.0 to 4.2 do not load', async () => {
  const program = ['--input-type=module', '--eval', "import 'tslog'"]
  const { code, stderr } = await node(program, {}, join(ROOT, 'fixtures/tslog/4.2'))
  expect(code).toBe(1)
  expect(stderr).toContain('ERR_MODULE_NOT_FOUND')
  expect(stderr).toContain('/tslog/dist/nodejs/BaseLogger')
})
