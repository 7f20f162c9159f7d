// What does an enabled line cost in a process that has only begun to log?
const { casesOf } = require('./lines.cjs')

module.exports = {
  title: 'An enabled line of a young process',
  about: `The CPU of each of the lines 100 to 20,100 of a process, to a file: V8 compiles meanwhile what they pass, and that is in
it.`,
  head: ['logger', 'to'],
  figures: { cpu: { unit: 'µs' } },
  rounds: 5,
  cases: casesOf(['file'], ['always', 'off'], { warmUp: 100, times: 20_000 }),
}
