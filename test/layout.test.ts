import { join } from 'node:path'
import { expect, it } from 'vitest'
import { node, REGISTER, ROOT } from './support/run'

const NAMES = ['loglevel', 'bunyan', 'debug', 'winston', 'consola', 'log4js']

it('loggers that V8 lays out for quick access stay so', async () => {
  const program = join(ROOT, 'fixtures/levels/layout.cjs')
  const flags = ['--allow-natives-syntax', '--require', REGISTER]
  const { observed } = await node([...flags, program], { FIXTURES: join(ROOT, 'fixtures') })
  expect(JSON.parse(observed)).toEqual([...NAMES, 'console'].map((name) => [name, true]))
})
