// How much memory does the preload take, and does it grow with the lines?
const { TELL, program, run, withUs } = require('./measure.cjs')

const LINES = Number(process.env.MEMORY_LINES ?? 1_000_000)
const WARM_UP = 100_000
/** V8's young generation grows by itself while a program makes garbage: by 37 MiB under native console, on Node 24. */
const YOUNG = '--max-semi-space-size=1'

const NOW = `const now = () => {
  gc()
  const { rss, heapUsed } = process.memoryUsage()
  return { RSS: rss / 2 ** 20, heap: heapUsed / 2 ** 20 }
}`

/** The first collection of garbage makes V8 take a step of some 7 MiB, which every program makes sooner or later. */
const GARBAGE =
  'for (let i = 0, kept = []; i < 300_000; i++) { kept.push({ i, of: [i] }); if (i % 1_000 === 0) kept = [] }'

/** What a process holds after its first lines. */
const holds = (name, before, lines) =>
  program(
    `holds-${name}-${lines}.cjs`,
    `${TELL} ${NOW}\n${before}\n${"console.log('order');".repeat(lines)}\nsetTimeout(() => tell(now()), 50)`,
  )

/** By how much a process grows with a million lines: after the first ones, in turns of 100. */
const grows = (name, make, line) =>
  program(
    `grows-${name}.cjs`,
    `${TELL} ${NOW}
${make}
let before
let i = 0
function turn() {
  for (let n = 0; n < 100; n++, i++) { ${line} }
  if (i === ${WARM_UP}) before = now()
  if (i < ${WARM_UP + LINES}) return setImmediate(turn)
  const after = now()
  tell(Object.fromEntries(Object.keys(after).map((key) => [key, (after[key] - before[key]) / ${LINES / 1e6}])))
}
turn()`,
  )

const lines = grows('lines', '', "console.log('order %d', i)")
const interactions = grows(
  'interactions',
  'const { context } = require(process.env.US);',
  "context.run({ interactionId: 'request-' + i }, () => console.log('order %d', i))",
)

module.exports = {
  title: 'Memory',
  about: `After a garbage collection, in MiB. The base is the program without the preload, and a result is what is added to it.
Growth is by a million lines, over ${LINES.toLocaleString('en')} lines of \`console.log\` after the first ${WARM_UP.toLocaleString('en')}.`,
  head: ['program'],
  figures: {
    RSS: { unit: 'MiB', isDifference: true },
    heap: { unit: 'MiB', isDifference: true },
  },
  rounds: 3,
  cases: [
    ...[
      ['logs nothing', '', 0],
      ['logs one line', '', 1],
      ['has collected garbage, logs nothing', GARBAGE, 0],
      ['has collected garbage, logs one line', GARBAGE, 1],
    ].map(([name, before, lines]) => {
      const path = holds(before ? 'late' : 'fresh', before, lines)
      return {
        name: [name],
        base: () => run(['--expose-gc', path]),
        ways: [
          {
            name: 'the preload',
            run: (preload) => withUs(preload, ['--expose-gc', path]),
            budget: { RSS: 15 },
          },
        ],
      }
    }),
    {
      name: ['growth by a million lines'],
      base: () => run(['--expose-gc', YOUNG, lines], { to: 'null' }),
      ways: [
        {
          name: 'the preload',
          run: (preload) => withUs(preload, ['--expose-gc', YOUNG, lines], { to: 'null' }),
          budget: { RSS: 1, heap: 0.1 },
        },
        {
          name: 'an interaction each',
          run: (preload) => withUs(preload, ['--expose-gc', YOUNG, interactions], { to: 'null' }),
          budget: { RSS: 1, heap: 0.1 },
        },
      ],
    },
  ],
}
