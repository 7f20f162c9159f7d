// bench/results.md: a part for each major version of Node, with a table for each question that was asked.
const { existsSync, readFileSync, writeFileSync } = require('node:fs')
const { cpus, totalmem } = require('node:os')
const { join } = require('node:path')
const { LOGGERS, versionOf } = require('./loggers.cjs')

const FILE = join(__dirname, 'results.md')
const HEAD = `Made by \`npm run bench\`. A result is the ratio to the base in the same round, or the difference where it has a unit: the
median of the rounds, and in brackets their middle half. Base and measured are the medians of each alone.\n\n`

/** Where it was measured. */
function about() {
  const libraries = Object.keys(LOGGERS).filter((name) => name !== 'console')
  return `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus()[0]?.model}, ${cpus().length} cores,
${Math.round(totalmem() / 2 ** 30)} GiB. ${libraries.map((name) => `${name} ${versionOf(name)}`).join(', ')}.`
}

const split = (text, mark) => text.split(new RegExp(`^(?=${mark} )`, 'm'))
const titleOf = (part) => part.slice(0, part.indexOf('\n'))
const byTitle = (parts) => new Map(parts.map((part) => [titleOf(part), part.trim()]))

/** @param tables each takes the place of the one with its title, of this Node */
function keep(tables) {
  const [, ...known] = existsSync(FILE) ? split(readFileSync(FILE, 'utf8'), '#') : []
  const nodes = byTitle(known)
  const title = `# Node ${process.versions.node.split('.')[0]}`
  const [, ...before] = split(nodes.get(title) ?? '', '##')
  const all = new Map([...byTitle(before), ...byTitle(tables)])
  nodes.set(title, [title, about(), ...all.values()].join('\n\n'))
  const parts = [...nodes].toSorted(([a], [b]) => b.localeCompare(a)).map(([, part]) => part)
  writeFileSync(FILE, `${HEAD}${parts.join('\n\n')}\n`)
}

module.exports = { about, keep }
