import { join } from 'node:path'
import { expect, it } from 'vitest'
import { node, REGISTER, ROOT, type Run, records } from '../support/run'

const PRELOAD = ['--require', REGISTER]
const SERVED = "const served = require('../served.cjs');"

function run(program: string, flags: string[], version = 'newest'): Promise<Run> {
  const env = { UNIFY_LOGS_FORMAT: 'json' }
  return node([...flags, '--eval', program], env, join(ROOT, 'fixtures/morgan', version))
}

it.each(['1.9', 'newest'])('morgan %s: the fields that the line shows', async (version) => {
  const line = (format: string) =>
    run(`${SERVED} served(require('morgan')('${format}'), '/secret')`, PRELOAD, version)
  const [tiny] = records(await line('tiny'))
  expect(tiny).toMatchObject({ level: 40, msg: expect.stringMatching(/^GET \/secret 404 - - [\d.]+ ms$/) })
  expect(tiny.data).toEqual({
    method: 'GET',
    url: '/secret',
    status: 404,
    responseTime: expect.closeTo(Number(/([\d.]+) ms/.exec(tiny.msg)?.[1]), 3),
  })
  const [masked] = records(await line(':method :status'))
  expect(masked.data).toEqual({ method: 'GET', status: 404 })
})

it('morgan: a line each out of a buffer', async () => {
  const make = "const log = require('morgan')(':url', { buffer: 100 });"
  const program = `${SERVED} ${make} served(log, '/one', () => served(log, '/two'))`
  const printed = records(await run(program, PRELOAD)).filter(({ source }) => source === 'morgan')
  expect(printed.map(({ msg, level }) => [msg, level])).toEqual([
    ['/one', 30],
    ['/two', 30],
  ])
})

it('morgan: a deprecation names the same caller', async () => {
  const program = "const morgan = require('morgan'); morgan({ format: 'tiny' })"
  const before = await run(program, [])
  const after = await run(program, PRELOAD)
  const caller = / at (.*)/.exec(before.stderr)?.[1]
  expect(caller).toBeDefined()
  expect(after.stdout + after.stderr).toContain(`instead at ${caller}`)
})

it('morgan: one function, however it is loaded', async () => {
  const program = `
    const morgan = require('morgan')
    import('morgan').then((imported) => {
      console.log(imported.default === morgan, typeof imported.token)
      ${SERVED}
      served(imported.default(':url'), '/imported')
    })`
  const [same, line] = records(await run(program, PRELOAD))
  expect(same.msg).toBe('true function')
  expect(line).toMatchObject({ source: 'morgan', msg: '/imported' })
})

it('morgan: loaded before us', async () => {
  const register = `require('morgan'); require(${JSON.stringify(REGISTER)})`
  const [line] = records(await run(`${register}; ${SERVED} served(require('morgan')(':url'), '/late')`, []))
  expect(line).toMatchObject({ source: 'morgan', msg: '/late' })
})
