// `npm run bench`: every question, or those that are named; prints the tables and writes bench/results.md.
const { writeFileSync } = require('node:fs')
const { cpus } = require('node:os')
const { join } = require('node:path')

const QUESTIONS = ['start', 'lines']
const asked = process.argv.slice(2)
const parts = [
  `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus()[0]?.model}, ${cpus().length} cores.
Each figure is a ratio to the same program without the preload, measured side by side (A B A B): the median, and in
brackets the middle half.`,
]
for (const name of asked.length > 0 ? asked : QUESTIONS) {
  const { title, head, rows } = require(`./${name}.cjs`)()
  const table = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
  parts.push(`## ${title}\n\n${table}`)
  console.log(parts.at(-1))
}
writeFileSync(join(__dirname, 'results.md'), `# Results\n\n${parts.join('\n\n')}\n`)
