import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { soundPlatform } from '../src/core/hooks/versions'
import { node, ROOT } from './support/run'

/** Tells what the preload has loaded, ours and Node's. */
const PROBE = join(tmpdir(), `unify-logs-start-${process.pid}.cjs`)
writeFileSync(
  PROBE,
  `const before = new Set(process.moduleLoadList)
  require(${JSON.stringify(join(ROOT, 'dist/register.js'))})
  const builtins = process.moduleLoadList.filter((name) => !before.has(name) && name.startsWith('NativeModule '))
  const ours = Object.keys(require.cache).filter((file) => file.startsWith(${JSON.stringify(join(ROOT, 'dist'))}))
  const others = Object.keys(require.cache).filter((file) => file !== __filename && !ours.includes(file))
  require('node:fs').writeSync(1, JSON.stringify({ ours, builtins, others }))`,
)

it.runIf(soundPlatform())("a start loads next to nothing, by Node's own hooks", async () => {
  const { stdout, stderr } = await node([PROBE])
  const { ours, builtins, others } = JSON.parse(stdout)
  expect(stderr).toBe('')
  expect(others).toEqual([])
  // `npm run build` makes one file of them; compiled alone they are its parts.
  const merged = readFileSync(join(ROOT, 'dist/core/guard.js'), 'utf8').includes('.part(')
  expect(ours.length).toBeLessThanOrEqual(merged ? 2 : 28)
  const named = builtins.map((name: string) => name.replace('NativeModule ', ''))
  expect(
    named.filter(
      (name: string) =>
        // Node 22 loads its ES module loader with the hooks.
        !/^(?:module|internal\/(?:source_map|async_local_storage)\/.*|internal\/modules\/esm\/(?:assert|loader))$/.test(
          name,
        ),
    ),
  ).toEqual([])
})
