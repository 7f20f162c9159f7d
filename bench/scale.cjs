// Does a line cost the same however many there are of what it belongs to?
const { LOGGERS } = require('./loggers.cjs')
const { loop, run, withUs } = require('./measure.cjs')

const OWN = 'const { context, getLogger } = require(process.env.US);'
const list = (count, text) => `Array.from({ length: ${count} }, (_, n) => ${text})`

/** By what is many: the program with so many, each line with the next. */
const KINDS = {
  'loggers of getLogger': (count) => [
    `${OWN} const all = ${list(count, "getLogger('ML_' + n)")}`,
    `all[i % ${count}].info('order')`,
  ],
  'debug namespaces': (count) => [
    `${LOGGERS.debug.make}; debug.enable('*'); const all = ${list(count, "debug('app:' + n)")}`,
    `all[i % ${count}]('order')`,
  ],
  'pino children': (count) => [
    `${LOGGERS.pino.make}; const all = ${list(count, "l.child({ name: 'app' + n })")}`,
    `all[i % ${count}].info('order')`,
  ],
  'open interactions': (count) => [
    `${OWN} const line = () => console.log('order')
const all = ${list(count, "context.run({ interactionId: 'request-' + n }, () => context.wrap(line))")}`,
    `all[i % ${count}]()`,
  ],
  'call sites': (count) => [
    `const all = [${"() => console.log('order'),\n".repeat(count)}]`,
    `all[i % ${count}]()`,
  ],
}
/** Without anything of ours in the program. */
const NATIVE = ['debug namespaces', 'pino children', 'call sites']
const COUNTS = [10, 1_000, 10_000]

module.exports = {
  title: 'Scale',
  about: `The CPU of a line, in a process that has logged 50,000 before, to a file, trace \`always\`. The base is one logger,
namespace, … instead of many, with us too; or without us where it says so, which tells what many cost of themselves.`,
  head: ['many'],
  figures: { cpu: { unit: 'µs' } },
  rounds: 3,
  cases: Object.entries(KINDS).flatMap(([kind, programOf]) => {
    const path = (count) => loop(`scale-${kind.replaceAll(' ', '-')}-${count}`, ...programOf(count))
    const [one, ...many] = [1, ...COUNTS].map(path)
    const compared = (name, start, budget) => ({
      name: [name],
      base: (preload) => start(preload, [one]),
      ways: COUNTS.map((count, at) => ({
        name: count,
        run: (preload) => start(preload, [many[at]]),
        budget,
      })),
    })
    const ours = compared(kind, withUs, { cpu: 1.1 })
    return NATIVE.includes(kind) ? [ours, compared(`${kind}, without us`, (_, args) => run(args))] : [ours]
  }),
}
