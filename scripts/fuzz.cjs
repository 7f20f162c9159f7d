// npm run fuzz [-- --lists 100000 --seed 1 --loggers console,debug]: hostile argument lists for every function of every
// patched logger, with and without us. Prints what was called, and how to repeat what is wrong.
const { parseArgs } = require('node:util')
const { compare } = require('../fixtures/fuzz/compare.cjs')
const loggers = require('../fixtures/fuzz/loggers.cjs')

const { values } = parseArgs({
  options: {
    lists: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    loggers: { type: 'string', default: Object.keys(loggers).join() },
  },
})

async function main() {
  for (const name of values.loggers.split(',')) {
    const { wrong, ...numbers } = await compare(name, Number(values.seed), Number(values.lists))
    console.log(process.version, JSON.stringify(numbers))
    for (const [what, found] of Object.entries(wrong)) {
      if (found.length === 0) continue
      process.exitCode = 1
      console.log(`  ${what}: ${found.length}, the first: ${JSON.stringify(found.slice(0, 5))}`)
    }
  }
}
main()
