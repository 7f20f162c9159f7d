import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { node, REGISTER, ROOT } from './support/run'

const APP = join(ROOT, 'fixtures/voice-bot')
const ID = 'session12345-interaction-id'

beforeAll(() => {
  const scope = join(APP, 'node_modules/@x')
  mkdirSync(scope, { recursive: true })
  rmSync(join(scope, 'unify-logs'), { force: true })
  symlinkSync(ROOT, join(scope, 'unify-logs'))
  execFileSync(process.execPath, [
    join(ROOT, 'node_modules/typescript/bin/tsc'),
    '-p',
    APP,
    '--outDir',
    join(APP, 'dist'),
  ])
})

/** `app.module.bot:Bot.leave:12`, with the line in the TypeScript source that shows the text. */
function at(file: string, fn: string, text: string): string {
  const lines = readFileSync(join(APP, `${file}.ts`), 'utf8').split('\n')
  const line = lines.findIndex((source) => source.includes(text)) + 1
  expect(line, text).toBeGreaterThan(0)
  return `${file.replaceAll('/', '.')}:${fn}:${line}`
}

/** The eight sample lines of the format, with the places of our program. */
function sample(): string[] {
  const bot = (fn: string, text: string): string => at('app/module/bot', `Bot.${fn}`, text)
  const daily = (fn: string, text: string): string =>
    at('app/communication/service/daily', `Daily.${fn}`, text)
  const frame = at('app/module/processor/task_processor', 'TaskProcessor.process_frame', 'User stopped')
  const participant =
    "{ id: 'participant-id-12345', info: { userName: 'John Doe', isLocal: false, permissions: { canSend: " +
    "[ 'microphone', 'screenVideo', 'screenAudio', 'customVideo', 'customAudio', 'camera' ], " +
    'hasPresence: true, canAdmin: [] }, joinedAt: 1734340758, isOwner: false } }'
  return [
    `${frame} | ML_MODULE | INFO | User stopped speaking`,
    `${daily('on_participant_left', 'Participant left')} | COMM_MODULE | INFO | Participant left participant-id-12345`,
    `${bot('on_participant_left', 'Ending the bot as the participant')} | ML_MODULE | INFO | Ending the bot as the participant left: Name: ${participant}, Reason: leftCall`,
    `${daily('leave', 'Leaving')} | COMM_MODULE | INFO | Leaving https://example.com/${ID}`,
    `${bot('on_call_state_updated', 'Call state')} | ML_MODULE | INFO | Call state updated: leaving`,
    `${bot('on_call_state_updated', 'Call state')} | ML_MODULE | INFO | Call state updated: left`,
    `${bot('on_call_state_updated', 'call state is left')} | ML_MODULE | INFO | Ending the bot as the call state is left`,
    `${daily('leave', 'Left')} | COMM_MODULE | INFO | Left https://example.com/${ID}`,
  ].map((line) => `2024-12-16 14:49:36 ${line}`)
}

async function run(...args: string[]): Promise<string[]> {
  const clock = join(ROOT, 'fixtures/clock.cjs')
  const env = { UNIFY_LOGS_FORMAT: 'text', TZ: 'UTC' }
  const { stdout, stderr, code } = await node(
    ['--require', clock, '--require', REGISTER, join(APP, 'dist/app/main.js'), ...args],
    env,
  )
  expect([stderr, code]).toEqual(['', 0])
  return stdout.trimEnd().split('\n')
}

describe('the eight sample lines', () => {
  it('print as the format says, with the id on the line inside the interaction', async () => {
    const [first, ...others] = sample()
    expect(await run()).toEqual([`${first} | ${ID}`, ...others])
  })

  it('keep the id on every line when the listeners are bound to the interaction', async () => {
    expect(await run('--bound')).toEqual(sample().map((line) => `${line} | ${ID}`))
  })
})
