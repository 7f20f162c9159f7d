// Writes docs/loggers.md from the patchers: `npm run docs`. A test holds the page against what this prints.
const { writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { optIn, patchers, recursive } = require('../dist/patchers')
const { levelName } = require('../dist/core/level-names')
const { LEVELS } = require('../dist/core/levels')

const builtIn = ['console', 'process', 'debuglog'].map((name) => {
  const { levels, docs = require(`../dist/patchers/${name}/docs`).docs } = require(`../dist/patchers/${name}`)
  return { title: `\`${name}\``, versions: "Node's own", docs, levels }
})
const packages = [...patchers].map(([name, load]) => {
  const { versions, docs, levels } = load()
  const note = optIn.has(name) ? ' (only where [`patch`](configuration.md#patch) names it)' : ''
  return { title: `\`${name}\``, note, versions: `\`${versions}\``, docs, levels }
})
const anyOther = {
  title: 'any package that [`patch`](configuration.md#patch) names',
  ...recursive('', [])(),
  versions: 'all',
}
const loggers = [...builtIn, ...packages, anyOther]

/** A row of a table. */
function row(cells) {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map(row).join('\n')
}

function namesOf(levels, ours) {
  const names = Object.keys(levels).filter((name) => levelName(levels[name]) === ours)
  return names.join(' ') || '–'
}

const taken = loggers.map(({ title, note = '', versions, docs: { takes, namespace = '–' } }) => [
  title + note,
  versions,
  takes,
  namespace,
])
const names = loggers.map(({ title, levels }) => [
  title,
  ...Object.keys(LEVELS).map((ours) => namesOf(levels, ours)),
])
const limits = loggers
  .filter(({ docs }) => docs.limits)
  .map(({ title, docs }) => `- ${title}\n${docs.limits.map((limit) => `  - ${limit}`).join('\n')}`)

const page = `# Which loggers are taken over?

Their lines on the terminal become records; what they write to files, networks, streams and functions of yours stays as it is. The
fixtures run each at the lowest and the newest version of its range. A version outside of it stays native, and one line on stderr says so.
This page is made from the patchers (\`npm run docs\`).

${table(['logger', 'versions', 'what becomes records', '`namespace`'], taken)}

A package with private loggers: [the recursive patch](recursive.md). Code that writes to the streams itself: [the terminal net](net.md).
What nothing reaches: [the limits](limits.md).

## Levels

Which of their names is which level of ours. A level of the program's own takes its place by its number or rank, if it has one.

${table(['logger', ...Object.keys(LEVELS)], names)}

## Limits

Of all: \`msg\` is the message before colours, dates and prefixes where the printed line has it in it, else the printed line. A field is
in \`data\` only if the library prints it. \`err\` has an Error's own properties, even where the library prints only its stack,
unless a serializer of the library's leaves them out; [\`redact\`](configuration.md#redact) hides them.

${limits.join('\n')}
`

const file = join(__dirname, '../docs/loggers.md')
if (process.argv.includes('--print')) process.stdout.write(page)
else writeFileSync(file, page)
