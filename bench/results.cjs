// bench/results.md: a part for each major version of Node, replaced when that one measures anew.
const { existsSync, readFileSync, writeFileSync } = require('node:fs')
const { cpus, totalmem } = require('node:os')
const { join } = require('node:path')
const { LOGGERS, versionOf } = require('./loggers.cjs')

const FILE = join(__dirname, 'results.md')

/** Where it was measured. */
function about() {
  const libraries = Object.keys(LOGGERS).filter((name) => name !== 'console')
  return `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus()[0]?.model}, ${cpus().length} cores,
${Math.round(totalmem() / 2 ** 30)} GiB. ${libraries.map((name) => `${name} ${versionOf(name)}`).join(', ')}.`
}

function keep(tables) {
  const major = (part) => Number(/^# Node (\d+)/.exec(part)?.[1])
  const known = existsSync(FILE) ? readFileSync(FILE, 'utf8').split(/^(?=# Node )/m) : []
  const ours = `# Node ${process.versions.node.split('.')[0]}\n\n${about()}\n\n${tables}\n`
  const parts = [...known.filter((part) => major(part) > 0 && major(part) !== major(ours)), ours]
  const head = `Made by \`npm run bench\`. A result is the ratio to the base in the same round, as the median of the rounds
and in brackets their middle half; base and ours are the medians of each alone.\n\n`
  writeFileSync(FILE, head + parts.toSorted((a, b) => major(b) - major(a)).join('\n'))
}

module.exports = { about, keep }
