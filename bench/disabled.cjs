// What does a line cost that is not printed?
const { pathToFileURL } = require('node:url')
const { LOGGERS, pathOf } = require('./loggers.cjs')
const { TELL, loop, program, run, withUs } = require('./measure.cjs')

/**
 * Calls of a few nanoseconds: mitata times batches of thousands, and the median of the batches is steadier than the
 * CPU of all of them, which is mostly that of the loop. It needs no empty loop taken off either: one of those is 0.3 ns.
 * They are warm before: mitata 1.0.34 times them one by one where the first takes more than 0.5 ms, and its clock with them.
 */
const calls = (name, make, work) =>
  program(
    `${name}.cjs`,
    `${TELL}
${make}
let i = 0
const work = () => { ${work}; i++ }
for (let n = 0; n < 10_000; n++) work()
import(${JSON.stringify(pathToFileURL(require.resolve('mitata')))})
  .then(({ measure }) => measure(work, { min_cpu_time: 3e8 }))
  .then(({ p50 }) => tell({ cpu: p50 / 1e3 }))`,
  )

/** Winston sends every line through its stream, which leaves work for the next turn: thousands in one turn pile up. */
const repeated = (logger, ...rest) =>
  /^winston/.test(logger)
    ? loop(`disabled-${logger}`, ...rest, { warmUp: 200_000, times: 200_000 })
    : calls(`disabled-${logger}`, ...rest)

const levels = program(
  'levels.json',
  JSON.stringify({ levels: Object.fromEntries(Object.keys(LOGGERS).map((logger) => [logger, 'off'])) }),
)

const libraries = Object.entries(LOGGERS)
  .filter(([, { disabled }]) => disabled !== undefined)
  .map(([logger, { make, line, disabled, passedOn }]) => {
    const path = repeated(logger, make, disabled)
    const hidden = repeated(`${logger}-hidden`, make, line)
    const floor = passedOn && repeated(`${logger}-passed-on`, `${make}\n${passedOn}`, disabled)
    return {
      name: [logger],
      base: () => run([path]),
      ways: [
        { name: 'the preload', run: (preload) => withUs(preload, [path]), budget: { cpu: 1.1 } },
        {
          name: 'hidden by `levels`',
          run: (preload) => withUs(preload, [hidden], { env: { UNIFY_LOGS_CONFIG: levels } }),
        },
        ...(floor ? [{ name: 'functions that only pass on, without us', run: () => run([floor]) }] : []),
      ],
    }
  })

const pino = calls(
  'raw-pino',
  `const l = require(${JSON.stringify(pathOf('pino'))})()`,
  "l.debug('order %d', i)",
)
const own = repeated('own', "const l = require(process.env.US).getLogger('ML')", "l.debug('order %d', i)")

module.exports = {
  title: 'A disabled line',
  about: `A call below the threshold of its logger. The base is the library alone; that of \`getLogger\` is pino. Console has
no threshold. A line hidden by \`levels\` of our configuration is compared with one that the library itself hides.`,
  head: ['logger'],
  figures: { cpu: { unit: 'ns', scale: 1e3 } },
  rounds: 7,
  cases: [
    ...libraries,
    {
      name: ['getLogger'],
      base: () => run([pino]),
      ways: [
        {
          name: '`level`',
          run: (preload) => withUs(preload, [own], { env: { UNIFY_LOGS_LEVEL: 'info' } }),
          budget: { cpu: 1.1 },
        },
      ],
    },
  ],
}
