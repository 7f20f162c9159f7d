import { join } from 'node:path'
import zlib from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { soundPlatform } from '../src/core/hooks/versions'
import { node, REGISTER, ROOT } from './support/run'
import { amiss, mostWrong, type Report, somebodys } from './support/users'

const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const FOLDER = join(ROOT, 'fixtures/carriers')

/** 8 runs from Node 22.19 on. */
const UNDICI = ['undici-5', 'undici-6', 'undici-7', ...('createZstdDecompress' in zlib ? ['undici-8'] : [])]

/** The npm name, and how its lowest and newest versions are installed. */
const LIBRARIES = {
  fastq: ['fastq-1', 'fastq'],
  async: ['async-2', 'async-2-newest', 'async-3', 'async'],
  bottleneck: ['bottleneck-2', 'bottleneck'],
  'p-queue': ['p-queue-6', 'p-queue-7', 'p-queue-8', 'p-queue'],
  dataloader: ['dataloader-2', 'dataloader'],
  'generic-pool': ['generic-pool'],
  undici: UNDICI,
}
const INSTALLED = Object.entries(LIBRARIES).flatMap(([name, paths]) => paths.map((path) => ({ name, path })))

describe.each(INSTALLED)('$path', ({ name, path }) => {
  it('natively runs callbacks as another user', async () => {
    const run = await node([join(FOLDER, 'app.cjs'), name, path])
    expect(run.stderr).toBe('')
    const report: Report = JSON.parse(run.stdout)
    expect(mostWrong(report)).toBeGreaterThan(50)
  })

  // Only async has named exports that are functions of its own
  const cases = BACK_ENDS.flatMap((hooks) => [
    [hooks, 'cjs', 'default'],
    [hooks, 'mjs', 'default'],
    ...(name === 'async' ? [[hooks, 'mjs', 'named']] : []),
  ])
  it.each(cases)(
    '200 users at once: nobody is another (%s, %s, %s)',
    async (hooks, format, exported = '') => {
      const args = [join(FOLDER, `app.${format}`), name, path, exported]
      const run = await node(['--require', REGISTER, ...args], { UNIFY_LOGS_HOOKS: hooks })
      expect(run.stderr).toBe('')
      const report: Report = JSON.parse(run.stdout)
      expect(report.results).toBe(200)
      expect(somebodys(report).length).toBeGreaterThan(2)
      expect(amiss(report)).toEqual([])
    },
  )
})

it('an emitter calls its listeners where they were added, and finds them again', async () => {
  const run = await node(['--require', REGISTER, join(FOLDER, 'emitter.cjs')])
  expect(run.stderr).toBe('')
  const heard = ['addListener', 'prependListener', 'once', 'prependOnceListener'].map((name) => [
    1,
    true,
    name,
  ])
  const again = heard.slice(0, 2)
  expect(JSON.parse(run.stdout)).toEqual({
    'returns the emitter': true,
    'added before': 2,
    heard: [[1, true, 'a', 'b'], ...heard, ...again],
    listeners: [0, 1],
    rawListeners: [0, 1],
    listenerCount: [2, 1],
    'after once': [0, 0],
    'once is listed': true,
    'raw once is gone': [0, 'raw'],
    'after removal': [0, 1],
    newListener: [true],
    'no function': ['ERR_INVALID_ARG_TYPE', 'ERR_INVALID_ARG_TYPE'],
    'wrapped outside': ['undefined', 'undefined'],
    'events.once': ['a', 'b'],
  })
})
