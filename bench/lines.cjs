// What does an enabled line cost, as JSON, against the library's own default output to the same destination?
const { LOGGERS } = require('./loggers.cjs')
const { loop, run, withUs } = require('./measure.cjs')

/** Trace `always` and `off`; the destination is a file. */
const BUDGET = {
  console: { always: 1.2, off: 0.8 },
  debug: { always: 1, off: 0.8 },
  loglevel: { always: 1.2, off: 0.8 },
  consola: { always: 0.25, off: 0.15 },
  winston: { always: 0.7, off: 0.5 },
  bunyan: { always: 1, off: 0.8 },
  log4js: { always: 0.9, off: 0.7 },
  pino: { always: 1.5, off: 1.15 },
}

/** @param options of the loop */
const casesOf = (destinations, traces, options) =>
  Object.entries(LOGGERS).flatMap(([logger, { make, line }]) => {
    const path = loop(`line-${logger}-${options?.warmUp}`, make, line, options)
    return destinations.map((to) => ({
      name: [logger, to],
      base: () => run([path], { to }),
      ways: traces.map((trace) => ({
        name: `trace ${trace}`,
        run: (preload) => withUs(preload, [path], { to, env: { UNIFY_LOGS_TRACE: trace } }),
        budget: to === 'file' ? { cpu: BUDGET[logger][trace] } : {},
      })),
    }))
  })

module.exports = {
  title: 'An enabled line',
  about: `The CPU of a line, in a process that has logged 50,000 before. The base is the library alone with its own default
output, ours is JSON; both go to a file, or to a pipe that is read.`,
  head: ['logger', 'to'],
  figures: { cpu: { unit: 'µs' } },
  rounds: 5,
  cases: casesOf(['file', 'pipe'], ['always', 'warn', 'off']),
  casesOf,
}
