// Measures the cases of a question, and writes them as the rows of a table.

/**
 * Each way of a case beside its base, again and again, with one build and the other.
 *
 * @returns by build, the rounds: the figures of the base and of each way
 */
function measure({ base, ways }, builds, rounds) {
  const samples = builds.map(() => [])
  for (let i = 0; i < rounds; i++) {
    for (const [at, { preload }] of builds.entries())
      samples[at].push({ base: base(preload), ways: ways.map((way) => way.run(preload)) })
  }
  return samples
}

function quartiles(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const last = sorted.length - 1
  return [last >> 1, Math.floor(last * 0.25), Math.ceil(last * 0.75)].map((at) => sorted[at])
}

/** The median, and in brackets the middle half: `1.12 (1.09–1.15)`. */
function spread(values, digits = 2) {
  const [median, low, high] = quartiles(values).map((value) => value.toFixed(digits))
  return `${median} (${low}–${high})`
}

function verdict(values, budget) {
  if (budget === undefined) return ''
  const [median] = quartiles(values)
  return `≤ ${budget} ${median <= budget ? '✓' : '✗'}`
}

const row = (cells) => `| ${cells.join(' | ')} |`
const results = (builds) =>
  builds.length === 1 ? ['base', 'measured', 'result'] : [...builds.map(({ name }) => name), 'second / first']

const roundsOf = ({ rounds }) => Number(process.env.ROUNDS ?? rounds)

/** The title and the head of a question's table. */
function heading(question, builds) {
  const { title, about, head, figures } = question
  const named = Object.keys(figures).length > 1 ? ['figure'] : []
  const cells = [...head, 'with', ...named, ...results(builds), 'budget']
  return `## ${title}\n\n${about} ${roundsOf(question)} rounds.\n\n${row(cells)}\n${row(cells.map(() => '---'))}`
}

/** A case measured: a row for each way and figure. */
function rows(question, each, builds) {
  const { figures } = question
  const samples = measure(each, builds, roundsOf(question))
  return each.ways.flatMap(({ name, budget = {} }, at) =>
    Object.entries(figures).map(([figure, { unit, scale = 1, isDifference = false }]) => {
      const base = samples.map((rounds) => rounds.map((round) => round.base[figure]))
      const ours = samples.map((rounds) => rounds.map((round) => round.ways[at][figure]))
      const against = ours.map((values, build) =>
        values.map((value, i) => (isDifference ? value - base[build][i] : value / base[build][i])),
      )
      const text = (values) => (isDifference ? `${spread(values, 1)} ${unit}` : spread(values))
      const absolute = (values) => `${(quartiles(values)[0] * scale).toFixed(1)} ${unit}`
      const [first, second] = ours
      const cells =
        second === undefined
          ? [absolute(base[0]), absolute(first), text(against[0])]
          : [...against.map(text), spread(second.map((value, i) => value / first[i]))]
      const named = Object.keys(figures).length > 1 ? [figure] : []
      return row([...each.name, name, ...named, ...cells, verdict(against.at(-1), budget[figure])])
    }),
  )
}

module.exports = { heading, rows }
