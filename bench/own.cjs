// What does a line of getLogger cost, against pino with the same bytes?
const { pathOf } = require('./loggers.cjs')
const { loop, run, withUs } = require('./measure.cjs')

const LINES = {
  'a message': { own: "l.info('order %d of %s', i, 'ada')", raw: "l.info('order %d of %s', i, 'ada')" },
  'a field, a message': {
    own: "l.info({ i }, 'order of %s', 'ada')",
    raw: "l.info({ data: { i } }, 'order of %s', 'ada')",
  },
}
const BUDGET = { always: 1.4, off: 1.1 }

/** So many fields of context, as a service has them. */
const fields = (count) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [i === 0 ? 'interactionId' : `field${i}`, `value${i}`]),
  )

function compared(what, { own, raw }, contextFields, trace) {
  const name = `own-${what.replaceAll(/\W/g, '')}-${contextFields}-${trace}`
  const given = JSON.stringify(fields(contextFields))
  const ours = loop(
    name,
    "const { context, getLogger } = require(process.env.US); const l = getLogger('ML')",
    own,
    {
      start: contextFields > 0 ? `context.run(${given}, turn)` : 'turn()',
    },
  )
  // pino knows no call site: it is given the text of ours.
  const bound = `{ source: 'app', namespace: 'ML', module: 'ML', ${trace === 'always' ? `trace: '${name}:work:3',` : ''} ...${given} }`
  const base = loop(
    `${name}-pino`,
    `const pino = require(${JSON.stringify(pathOf('pino'))})
const l = pino(pino.destination({ dest: 1, sync: true })).child(${bound})`,
    raw,
  )
  let bytes
  return {
    name: [what, contextFields, trace],
    base: () => {
      const told = run([base])
      bytes = told.bytes
      return told
    },
    ways: [
      {
        name: 'getLogger',
        run: (preload) => {
          const told = withUs(preload, [ours], { env: { UNIFY_LOGS_TRACE: trace } })
          if (Math.abs(told.bytes / bytes - 1) > 0.01) throw new Error(`${told.bytes} and ${bytes} bytes`)
          return told
        },
        budget: { cpu: BUDGET[trace] },
      },
    ],
  }
}

module.exports = {
  title: 'Our own logger',
  about: `The CPU of a line of \`getLogger\`, in a process that has logged 50,000 before, to a file. The base is a child of
pino with a synchronous destination that writes the same bytes: what we find out for each line (source, call site,
context) is bound to it once.`,
  head: ['line', 'context fields', 'trace'],
  figures: { cpu: { unit: 'µs' } },
  rounds: 7,
  cases: ['always', 'off'].flatMap((trace) => [
    compared('a message', LINES['a message'], 0, trace),
    ...[0, 1, 10, 100].map((count) =>
      compared('a field, a message', LINES['a field, a message'], count, trace),
    ),
  ]),
}
