// Runs programs in processes of their own, side by side (A B A B), and compares what they tell of themselves.
const { spawnSync } = require('node:child_process')
const { closeSync, fstatSync, mkdtempSync, openSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { dirname, join } = require('node:path')

/** A program's `tell`: its figures, on descriptor 3. */
const TELL =
  ";const tell = (figures) => process.getBuiltinModule('node:fs').writeSync(3, JSON.stringify(figures));"

/** The lines of one turn of the event loop: winston and pipes take in a burst what they write in the turns after. */
const TURN = 100

const folder = mkdtempSync(join(tmpdir(), 'bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** @returns the path of a program with this text */
function program(name, text) {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/**
 * A program that does `work` again and again, and tells the CPU of one, in µs.
 *
 * A process is asked for its own CPU, of all its threads, after so many rounds that V8 has compiled what it will: the
 * difference of a process with many lines and one with a single line would count the warm-up as the line's, and the
 * noise of two starts. It is asked again when it ends, because by then all that was logged is written.
 *
 * @param make comes before the loop
 * @param work statements that may use `i`
 * @param start calls `turn`, somewhere
 */
function loop(name, make, work, { warmUp = 50_000, times = 50_000, start = 'turn()' } = {}) {
  return program(
    `${name}.cjs`,
    `${TELL}
${make}
const work = (i) => { ${work} }
let from
let i = 0
function turn() {
  for (let n = 0; n < ${TURN}; n++) work(i++)
  if (i === ${warmUp}) from = process.cpuUsage()
  if (i < ${warmUp + times}) setImmediate(turn)
}
${start}
process.on('exit', () => {
  const { user, system } = process.cpuUsage(from)
  tell({ cpu: (user + system) / ${times} })
})
`,
  )
}

/** With the preload, and with the package as `process.env.US`. */
const withUs = (preload, args, options) =>
  run(['--require', preload, ...args], {
    ...options,
    env: { US: join(dirname(preload), 'index.js'), ...options?.env },
  })

/** By what a program's stdout and stderr are: how it is started. A `pipe` of spawn would be a socket. */
const START = {
  file: (args, options) => {
    const out = openSync(join(folder, 'out'), 'w')
    const { env } = options
    const child = spawnSync(process.execPath, args, { env, stdio: ['ignore', out, out, 'pipe'] })
    const bytes = fstatSync(out).size
    closeSync(out)
    return { ...child, bytes }
  },
  null: (args, { env }) =>
    spawnSync(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'ignore', 'pipe'] }),
  pipe: (args, { env }) =>
    spawnSync('sh', ['-c', '"$0" "$@" 2>&1 | cat > /dev/null', process.execPath, ...args], {
      env,
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    }),
}

/**
 * @param {string[]} args of Node
 * @returns the figures that the program tells, its wall time in ms, and how much it wrote to a file
 */
function run(args, { env, to = 'file' } = {}) {
  const from = performance.now()
  const child = START[to](args, { env: { ...process.env, NODE_OPTIONS: '', ...env } })
  const wall = performance.now() - from
  const told = String(child.output?.[3] ?? '')
  if (child.status !== 0 || told === '') throw new Error(`${args.join(' ')} ended with ${child.status}`)
  return { wall, bytes: child.bytes, ...JSON.parse(told) }
}

module.exports = { TELL, folder, loop, program, run, withUs }
