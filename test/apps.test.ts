import { pathToFileURL } from 'node:url'
import { describe, it } from 'vitest'
import { soundPlatform } from '../src/core/hooks/versions'
import { APPS, apps, expectUnified, runApp, runNative } from './support/apps'
import { REGISTER, type Run } from './support/run'

const PRELOADS = [
  { how: '--require', flags: ['--require', REGISTER], env: {} },
  { how: '--import', flags: ['--import', pathToFileURL(REGISTER).href], env: {} },
  { how: 'NODE_OPTIONS', flags: [], env: { NODE_OPTIONS: `--require ${JSON.stringify(REGISTER)}` } },
]
const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const runs = PRELOADS.flatMap((preload) => BACK_ENDS.map((hooks) => ({ hooks, ...preload })))

describe.each(apps())('$entry', ({ app, entry }) => {
  let native: Promise<Run> | undefined

  it.each(runs)('every native line is exactly one record ($how, $hooks)', async ({ flags, env, hooks }) => {
    native ??= runNative(APPS, app, entry)
    const after = await runApp(APPS, entry, flags, { ...env, UNIFY_LOGS_HOOKS: hooks })
    expectUnified(after, await native)
  })
})
