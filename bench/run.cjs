// `npm run bench`: every question, to bench/results.md as well; `npm run bench -- lines start`: those.
// `npm run bench -- compare REV [QUESTION…]`: another commit beside this checkout.
const { checkout, commit } = require('./builds.cjs')
const { about, keep } = require('./results.cjs')
const { heading, rows } = require('./table.cjs')

const QUESTIONS = [
  'start',
  'lines',
  'young',
  'disabled',
  'own',
  'floor',
  'switches',
  'memory',
  'scale',
  'peers',
]

const compares = process.argv[2] === 'compare'
const named = process.argv.slice(compares ? 4 : 2)
const builds = compares ? [commit(process.argv[3]), checkout()] : [checkout()]

const parts = []
for (const name of named.length > 0 ? named : QUESTIONS) {
  const question = require(`./${name}.cjs`)
  const table = [heading(question, builds)]
  console.log(`\n${table[0]}`)
  for (const each of question.cases) {
    const measured = rows(question, each, builds)
    console.log(measured.join('\n'))
    table.push(...measured)
  }
  parts.push(table.join('\n'))
}
console.log(`\n${about()}`)
if (!compares) keep(parts)
