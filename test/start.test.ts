import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'
import { soundPlatform } from '../src/core/hooks/versions'
import { node, REGISTER, ROOT } from './support/run'

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
  expect(ours.length).toBeLessThanOrEqual(merged ? 2 : 29)
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

it('the first line loads one file of ours, beside pino, and of Node what pino needs', async () => {
  const probe = `require(${JSON.stringify(REGISTER)})
    const before = [Object.keys(require.cache), process.moduleLoadList].flat()
    console.log('a line')
    const after = [Object.keys(require.cache), process.moduleLoadList].flat()
    const loaded = after.filter((name) => !before.includes(name))
    const ours = loaded.filter((name) => name.startsWith(${JSON.stringify(join(ROOT, 'dist'))}))
    const builtins = loaded.filter((name) => /^NativeModule (?:tty|perf_hooks|.*run_scope)$/.test(name))
    require('node:fs').writeSync(2, JSON.stringify({ ours, builtins }))`
  writeFileSync(PROBE, probe)
  const { stdout, stderr } = await node([PROBE])
  expect(JSON.parse(stdout)).toMatchObject({ source: 'console', msg: 'a line' })
  const { ours, builtins } = JSON.parse(stderr)
  expect(ours.map((file: string) => basename(file))).toEqual(['line.js'])
  expect(builtins).toEqual([])
})

it('a wrapper hands on the receiver that it gets, as strict code does', async () => {
  const probe = `const { wrapped } = require(${JSON.stringify(join(ROOT, 'dist/core/shim.js'))})
    const native = function () { 'use strict'; return this }
    const wrapper = wrapped(native, (native, self, args) => Reflect.apply(native, self, args))
    const receivers = [wrapper(), wrapper.call(null), wrapper.call(7)].map((receiver) => typeof receiver)
    require('node:fs').writeSync(1, receivers.join())`
  const { stdout } = await node(['--eval', probe])
  expect(stdout).toBe('undefined,object,number')
})

it("console's own class is patched when a program asks for it, and then stands there as ever", async () => {
  const probe = `const { writeSync } = require('node:fs')
    const copy = Object.create(console, Object.getOwnPropertyDescriptors(console))
    const { Console } = console
    const { value, writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(console, 'Console')
    const flags = { writable, enumerable, configurable }
    const isSame = [value, copy.Console, console.Console].every((found) => found === Console)
    function call() { new Console(process.stdout).warn('by one of its own') }
    call()
    class Other {}
    console.Console = Other
    writeSync(2, JSON.stringify({ flags, isSame, stays: copy.Console === Console && console.Console === Other }))`
  writeFileSync(PROBE, probe)
  const native = JSON.parse((await node([PROBE])).stderr)
  const { stdout, stderr } = await node(['--require', REGISTER, PROBE])
  expect(JSON.parse(stderr)).toEqual(native)
  expect(native).toMatchObject({ isSame: true, stays: true })
  expect(JSON.parse(stdout)).toMatchObject({ source: 'console', level: 40, msg: 'by one of its own' })
  expect(JSON.parse(stdout).trace).toMatch(/:call:7$/)
})

it('of a Console class that was taken before us, the stream is known', async () => {
  writeFileSync(PROBE, 'globalThis.Taken = console.Console')
  const call = "new Taken(process.stdout, process.stderr).warn('by the class')"
  const program = `${PROBE}.main.cjs`
  writeFileSync(program, call)
  const { stdout } = await node(['--require', PROBE, '--require', REGISTER, program])
  expect(JSON.parse(stdout)).toMatchObject({ source: 'console', level: 50, msg: 'by the class' })
})

it('what each start runs is compiled at the first reading', () => {
  for (const name of ['start', 'line']) {
    const text = readFileSync(join(ROOT, `dist/${name}.js`), 'utf8')
    expect(text.match(/\(function\(/g)?.length).toBeGreaterThan(20)
  }
})
