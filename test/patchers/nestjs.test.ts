import { join } from 'node:path'
import { expect, it } from 'vitest'
import { node, REGISTER, ROOT, records } from '../support/run'

const COMMONJS = ['--eval', "require('../messages.cjs')(require('@nestjs/common'))"]
const MODULE = [
  ...['--input-type=module', '--eval'],
  "import program from '../messages.cjs'; import * as nest from '@nestjs/common'; program(nest)",
]

// biome-ignore lint/suspicious/noExplicitAny: records are checked by the tests
async function run(version: string): Promise<any[]> {
  const program = Number.parseInt(version, 10) < 12 ? COMMONJS : MODULE
  const env = { UNIFY_LOGS_FORMAT: 'json' }
  const after = await node(
    ['--require', REGISTER, ...program],
    env,
    join(ROOT, 'fixtures/nestjs-common', version),
  )
  expect(after.stderr).toBe('')
  return records(after)
}

it.each(['10', '11', '12.0', 'newest'])(
  '@nestjs/common %s: a line each, stacks with their message',
  async (version) => {
    const lines = await run(version)
    const texts = lines.map(({ msg }) => msg.split('\n')[0])
    const err = {
      type: 'TypeError',
      message: 'no such order',
      stack: expect.stringContaining('messages.cjs:8'),
    }

    expect(texts.slice(0, 2)).toEqual(['two messages', 'second'])
    expect(lines.find(({ msg }) => msg === 'failed')).toMatchObject({ level: 50, namespace: 'Text', err })
    // Of two messages neither is the one that the stack belongs to.
    const at = texts.indexOf('failed twice')
    expect(texts.slice(at, at + 3)).toEqual(['failed twice', 'and why', 'TypeError: no such order'])
    expect(lines[at + 2].err).toMatchObject(err)
    // A lazy message that logs an error of its own.
    const inner = texts.indexOf('from inside')
    expect(texts.slice(inner, inner + 2)).toEqual(['from inside', 'from outside'])
    expect(lines[inner]).toMatchObject({ namespace: 'Inner', err: { message: 'inner' } })
    expect(lines.at(-1)).toMatchObject({
      msg: 'buffered',
      trace: expect.stringMatching(/messages:program:35$/),
    })
  },
)

it.each(['11', '12.0', 'newest'])('@nestjs/common %s: what it masks stays masked', async (version) => {
  expect(JSON.stringify(await run(version))).not.toContain('hidden')
})

it('@nestjs/common: fields of the json mode and of 12', async () => {
  const eleven = await run('11')
  expect(eleven.filter(({ data }) => data).map(({ data }) => data)).toEqual([
    { event: 'paid', amount: 3 },
    { user: 7, secret: 'x7x' },
  ])
  const twelve = await run('newest')
  expect(twelve.filter(({ data }) => data).map(({ msg, data }) => [msg, data])).toEqual([
    ['with fields', { user: 7, list: ['a'] }],
    ['', { event: 'paid', amount: 3 }],
    ['with fields', { user: 7, secret: '[REDACTED]' }],
  ])
  expect(twelve.find(({ msg }) => msg === 'with an Error').err).toMatchObject({ type: 'RangeError' })
})

it('the caller is the program where Nest hands its lines to pino or winston', async () => {
  const program = join(ROOT, 'fixtures/nestjs-common/wrapped/say.cjs')
  const after = await node(['--require', REGISTER, program], { UNIFY_LOGS_FORMAT: 'json' })
  expect(after.stderr).toBe('')
  const lines = records(after)
  const site = (line: number) => expect.stringMatching(new RegExp(`say:Kennel.say:${line}$`))
  const stack = expect.stringContaining('say.cjs:13:')
  expect(lines).toMatchObject([
    { source: 'pino', module: 'APP', trace: site(12), msg: 'one dog by pino', data: { context: 'Dogs' } },
    { source: 'pino', module: 'APP', trace: site(13), err: { message: 'bad dog by pino', stack } },
    { source: 'winston', module: 'APP', trace: site(12), data: { context: 'Dogs' } },
    { source: 'winston', module: 'APP', trace: site(13), data: { context: 'Dogs', stack: [stack] } },
  ])
})
