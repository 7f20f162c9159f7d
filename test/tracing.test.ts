import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { soundPlatform } from '../src/core/hooks/versions'
import { node, REGISTER, ROOT, records } from './support/run'

const FIXTURES = join(ROOT, 'fixtures/tracing')
const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const TRACER = ['--import', './opentelemetry.mjs']
const PRELOAD = ['--require', REGISTER]

describe.each([
  ['behind it', [...TRACER, ...PRELOAD]],
  ['before it', [...PRELOAD, ...TRACER]],
])('OpenTelemetry with its log correlation, preloaded %s', (_order, flags) => {
  it.each(BACK_ENDS)('records carry the active span, and no line is doubled (%s)', async (hooks) => {
    const native = await node([...TRACER, 'spans.cjs'], {}, FIXTURES)
    // The instrumentations are at work.
    const correlated = native.stdout.split('\n').filter((line) => line.includes('"trace_id"'))
    expect(correlated.map((line) => /\w+ inside/.exec(line)?.[0]).sort()).toEqual([
      'bunyan inside',
      'pino inside',
      'winston inside',
    ])

    const run = await node([...flags, 'spans.cjs'], { UNIFY_LOGS_HOOKS: hooks }, FIXTURES)
    expect([run.code, run.stderr]).toEqual([0, ''])
    const [outside, ...inside] = records(run)
    expect(outside.msg).toBe('outside')
    expect(Object.keys(outside).filter((key) => /span|trace_/.test(key))).toEqual([])
    const span = JSON.parse(run.observed)
    expect(span.trace_id).toMatch(/^[\da-f]{32}$/)
    expect(inside.map(({ source, msg }) => `${source}: ${msg}`)).toEqual([
      'console: console inside',
      'bunyan: bunyan inside',
      'pino: pino inside',
      'winston: winston inside',
    ])
    for (const record of inside) expect(record).toMatchObject(span)
  })
})

it('dd-trace: records carry the active span', async () => {
  const env = { DD_TRACE_STARTUP_LOGS: 'false', DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false' }
  const run = await node([...PRELOAD, '--require', 'dd-trace/init', 'datadog.cjs'], env, FIXTURES)
  const [outside, inside] = records(run)
  expect(outside.msg).toBe('outside')
  expect(outside.trace_id).toBeUndefined()
  const { trace_id, span_id, trace_flags } = inside
  expect(`00-${trace_id}-${span_id}-${trace_flags}`).toBe(run.observed)
})
