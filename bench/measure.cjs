// Runs programs side by side, A B A B, and compares them: medians, and the spread of the middle half.
const { spawnSync } = require('node:child_process')
const { mkdtempSync, openSync, closeSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

/** Appended to a program: the CPU that its process has used, in µs, on descriptor 3. */
const TELL = ";{const{user,system}=process.cpuUsage();require('node:fs').writeSync(3,String(user+system))}"

/**
 * @param {string[]} args of Node
 * @returns CPU in µs as the program tells it, wall in ms
 */
function run(args, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const out = openSync(join(folder, 'out'), 'w')
  const from = performance.now()
  const child = spawnSync(process.execPath, args, {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', out, out, 'pipe'],
  })
  const wall = performance.now() - from
  closeSync(out)
  rmSync(folder, { recursive: true })
  const cpu = Number(child.output[3])
  if (child.status !== 0 || !(cpu > 0)) throw new Error(`${args.join(' ')} ended with ${child.status}`)
  return { cpu, wall }
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1]
}

/** The median of the ratios of neighbours, with the middle half: `1.12 (1.09–1.15)`. */
function ratio(natives, ours) {
  const ratios = ours.map((value, i) => value / natives[i]).toSorted((a, b) => a - b)
  const at = (part) => ratios[Math.floor((ratios.length - 1) * part)].toFixed(2)
  return `${at(0.5)} (${at(0.25)}–${at(0.75)})`
}

module.exports = { TELL, run, median, ratio }
