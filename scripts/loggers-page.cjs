// Writes docs/loggers.md from the patchers: `npm run docs`. A test holds the page against what this prints.
const { writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { optIn, patchers } = require('../dist/patchers')
const { levels: consoleLevels } = require('../dist/patchers/console')
const { levels: processLevels } = require('../dist/patchers/process')
const { levelName } = require('../dist/core/levels')

function row(name, versions, levels) {
  const byName = new Map()
  for (const [word, level] of Object.entries(levels)) {
    const key = levelName(level)
    byName.set(key, [...(byName.get(key) ?? []), word])
  }
  const order = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].filter((key) => byName.has(key))
  const table = order.map((key) => {
    const words = byName.get(key)
    return words.length === 1 && words[0] === key ? key : `${key}: ${words.join(' ')}`
  })
  return `| \`${name}\`${optIn.has(name) ? ' (only where `patch` names it)' : ''} | ${versions} | ${table.join('; ')} |`
}

const rows = [...patchers].map(([name, load]) => {
  const { versions, levels } = load()
  return row(name, `\`${versions.replaceAll('|', '\\|')}\``, levels)
})

const page = `# Which loggers are taken over?

Their lines on the terminal become records; what they write to files, networks, streams and functions of yours stays as it is. The
fixtures run each at the lowest and the newest version of its range. A version outside of it stays native, and one line on stderr says so.
This page is made from the patchers (\`npm run docs\`).

| logger | versions | our level: its names |
|---|---|---|
${row('console', "Node's own", consoleLevels)}
${row('process', "Node's own: warnings and crashes", processLevels)}
${rows.join('\n')}

A package with private loggers: [the recursive patch](recursive.md). Code that writes to the streams itself: [the terminal net](net.md).
`

const file = join(__dirname, '../docs/loggers.md')
if (process.argv.includes('--print')) process.stdout.write(page)
else writeFileSync(file, page)
