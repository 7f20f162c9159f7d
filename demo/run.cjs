// The same minute of the same application, twice: as it prints by itself, and under the preload.
const { spawnSync } = require('node:child_process')
const { mkdtempSync, openSync, readFileSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const FOLLOWED = 'req-7f3a'
const register = require.resolve('../dist/register.js')

/** Runs the application to its end, stdout and stderr in one file as a terminal mixes them, and returns its lines. */
function run(args, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'demo-'))
  const file = join(folder, 'terminal.txt')
  const terminal = openSync(file, 'a')
  const { status } = spawnSync(process.execPath, [...args, join(__dirname, 'main.js')], {
    stdio: ['ignore', terminal, terminal],
    env: { ...process.env, DEBUG: 'express:router,stock:*', ...env },
  })
  const text = readFileSync(file, 'utf8')
  rmSync(folder, { recursive: true })
  if (status !== 0) throw new Error(`the application ended with ${status}:\n${text}`)
  return text.trimEnd().split('\n')
}

function show(title, lines) {
  console.log(`\n── ${title} ${'─'.repeat(Math.max(0, 90 - title.length))}\n`)
  for (const line of lines) console.log(line)
}

show('node main.js: five formats, and nobody knows whose line is whose', run([]))
const unified = run(['--require', register], { UNIFY_LOGS_FORMAT: 'text' })
show('node --require @x/unify-logs/register main.js: one format', unified)
show(
  `grep ${FOLLOWED}: one interaction through all five loggers`,
  unified.filter((line) => line.includes(FOLLOWED)),
)
