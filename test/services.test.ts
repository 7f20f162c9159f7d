import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { soundPlatform } from '../src/core/hooks/versions'
import { cover, isOf } from './support/cover'
import { REGISTER, type Run, records } from './support/run'
import { runService, type Service, services } from './support/services'
import { OBSERVER, writes } from './support/writes'

const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const FLAGS = ['--require', REGISTER]
const NOTHING = { lost: [], extra: [] }

const natives = new Map<string, Promise<Run>>()

function runNative(service: Service): Promise<Run> {
  const known = natives.get(service.name) ?? runService(service, OBSERVER)
  natives.set(service.name, known)
  return known
}

const outcome = ({ code, signal }: Run) => ({ code, signal })

/** Streams and Node's own lines are no loggers. */
const NO_LOGGERS = ['stdout', 'stderr', 'process']

it('sixteen services print through fourteen loggers', () => {
  const sources = new Set(
    services().flatMap(({ prints }) => prints.map((entry) => entry.split(' ')[0] ?? '')),
  )
  expect(services().length).toBeGreaterThanOrEqual(16)
  expect([...sources].filter((source) => !NO_LOGGERS.includes(source)).length).toBeGreaterThanOrEqual(14)
})

describe.each(services())('$name', (service) => {
  const { prints } = service
  const sources = prints.map((entry) => entry.split(' ')[0])

  it.each(BACK_ENDS)('every native line is exactly one record (%s)', async (hooks) => {
    const native = await runNative(service)
    const after = await runService(service, FLAGS, { UNIFY_LOGS_STDIO: 'both', UNIFY_LOGS_HOOKS: hooks })
    const printed = records(after)
    expect(after.stderr).toBe('')
    expect(cover(writes(native), printed, prints)).toEqual(NOTHING)
    expect(prints.filter((entry) => !printed.some((record) => isOf(entry, record)))).toEqual([])
    expect(printed.filter(({ source }) => !sources.includes(source))).toEqual([])
    expect(outcome(after)).toEqual(outcome(native))
  })
})

describe('by default', () => {
  const folder = mkdtempSync(join(tmpdir(), 'unify-logs-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  // The records go to a file, so what stays on stdout are the native writes that no record tells of.
  it.each(services().filter(({ payload }) => payload))('$name keeps its output', async (service) => {
    const native = await runNative(service)
    const destination = join(folder, service.name)
    const after = await runService(service, FLAGS, { UNIFY_LOGS_DESTINATION: destination })
    const { lost, extra } = cover(
      writes(native),
      records({ stdout: readFileSync(destination, 'utf8') }),
      service.prints,
    )
    expect(extra).toEqual([])
    expect(after.stderr).toBe('')
    expect(lost.every(({ stream }) => stream === 'stdout')).toBe(true)
    expect(lost.map(({ text }) => text).join('')).not.toBe('')
    expect(after.stdout).toBe(lost.map(({ text }) => text).join(''))
    expect(outcome(after)).toEqual(outcome(native))
  })
})
