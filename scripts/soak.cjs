// Counts the lines that a program's end loses, tears or puts out of order, for every way to end and two destinations:
// `npm run soak`, or `node scripts/soak.cjs 20000` for fewer lines than a million.
const { execFileSync, spawn } = require('node:child_process')
const { once } = require('node:events')
const { createReadStream, mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const ROOT = join(__dirname, '..')
const PROGRAM = join(ROOT, 'fixtures/sink/ends.cjs')
const PRELOAD = ['test/support/identity.cjs', 'dist/register.js'].flatMap((file) => [
  '--require',
  join(ROOT, file),
])
const LINES = Number(process.argv[2] ?? 1_000_000)
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL']
const ENDS = ['normal', 'exit', 'exit in a listener', 'throw', 'rejection', ...SIGNALS]

/** How many records the end itself makes. */
const extra = (end) => (end === 'throw' || end === 'rejection' ? 1 : 0)

async function run(flags, args, stdout, env = {}) {
  const child = spawn(
    'sh',
    ['-c', `exec "$0" "$@" > '${stdout}'`, process.execPath, ...flags, PROGRAM, ...args],
    {
      env: { PATH: process.env.PATH, UNIFY_LOGS_FORMAT: 'json', ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const [code, signal] = await once(child, 'close')
  return { end: signal ?? code, stderr }
}

/** Counts what is wrong in a stream of records. */
async function check(stream) {
  const seen = { lines: 0, torn: 0, 'out of order': 0, other: 0 }
  let next = 0
  const take = (line) => {
    try {
      const { msg, level } = JSON.parse(line)
      const number = /^S(\d+):x{100}:E\1$/.exec(msg)?.[1]
      if (number === undefined) seen[level === 60 ? 'other' : 'torn']++
      else {
        seen.lines++
        if (Number(number) !== next) seen['out of order']++
        next = Number(number) + 1
      }
    } catch {
      seen.torn++
    }
  }
  let rest = ''
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()
    for (const line of lines) take(line)
  }
  if (rest !== '') seen.torn++
  return seen
}

async function soak(dir, where, end) {
  const path = join(dir, `${where}-${end}`)
  const native = run([], ['1', end], '/dev/null')
  let seen
  let ours
  if (where === 'FIFO') {
    execFileSync('mkfifo', [path])
    ;[seen, ours] = await Promise.all([check(createReadStream(path)), run(PRELOAD, [LINES, end], path)])
  } else {
    ours = await run(PRELOAD, [LINES, end], '/dev/null', { UNIFY_LOGS_DESTINATION: path })
    seen = await check(createReadStream(path))
  }
  rmSync(path)
  const code = (await native).end
  const wrong = {
    lost: LINES - seen.lines,
    torn: seen.torn,
    'out of order': seen['out of order'],
    other: seen.other - extra(end),
    said: ours.stderr.match(/unify-logs:|IDENTITY/g)?.length ?? 0,
  }
  const good = ours.end === code && Object.values(wrong).every((n) => n === 0)
  const words = Object.entries(wrong).map(([what, n]) => `${n} ${what}`)
  console.log(
    `${good ? 'ok' : 'FAILED'}: ${where}, ${end} (${ours.end}, natively ${code}): ${words.join(', ')}`,
  )
  if (!good) {
    process.exitCode = 1
    console.log(ours.stderr)
  }
}

async function main() {
  const dir = mkdtempSync(join(tmpdir(), 'soak-'))
  console.log(`Node ${process.version}, ${LINES} lines each`)
  try {
    for (const end of ENDS) await Promise.all(['FIFO', 'file'].map((where) => soak(dir, where, end)))
  } finally {
    rmSync(dir, { recursive: true })
  }
}

main()
