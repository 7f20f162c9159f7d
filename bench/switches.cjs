// What does each key of the configuration cost a line, or save it?
const { loop, program, withUs } = require('./measure.cjs')

const line = loop(
  'switches',
  'const { context } = require(process.env.US)',
  "console.log('order %d of %s', i, 'ada')",
  { start: "context.run({ interactionId: 'request', userId: 42 }, turn)" },
)
const configured = (name, config) => ({ UNIFY_LOGS_CONFIG: program(`${name}.json`, JSON.stringify(config)) })
const SWITCHES = {
  '`trace: "warn"`, a line of level info': { UNIFY_LOGS_TRACE: 'warn' },
  '`trace: "off"`': { UNIFY_LOGS_TRACE: 'off' },
  '`trace: "off"`, `batch: true`': { UNIFY_LOGS_TRACE: 'off', UNIFY_LOGS_BATCH: 'true' },
  '`batch: true`': { UNIFY_LOGS_BATCH: 'true' },
  '`format: "text"`': { UNIFY_LOGS_FORMAT: 'text' },
  '`fold: true`': { UNIFY_LOGS_FOLD: 'true' },
  '`redact`, one key': configured('redact', { redact: ['password'] }),
  '`modules`, one by file': configured('modules', { modules: { API: { match: ['src/api/**'] } } }),
  '`limits`, none reached': configured('limits', { limits: { console: '1000000/s' } }),
  '`optOut`': { UNIFY_LOGS_OPT_OUT: 'console' },
}

module.exports = {
  title: 'Switches',
  about: `The CPU of a line of \`console.log\` in an interaction with two fields, in a process that has logged 50,000 before, as JSON to
a file. The base is the default configuration.`,
  head: [],
  figures: { cpu: { unit: 'µs' } },
  rounds: 5,
  cases: [
    {
      name: [],
      base: (preload) => withUs(preload, [line]),
      ways: Object.entries(SWITCHES).map(([name, env]) => ({
        name,
        run: (preload) => withUs(preload, [line], { env }),
      })),
    },
  ],
}
