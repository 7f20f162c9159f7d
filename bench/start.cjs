// What does the preload cost a process that prints nothing, and what with its first line? An empty script, and an
// application of 300 modules.
const { mkdirSync } = require('node:fs')
const { join } = require('node:path')
const { soundPlatform } = require('../dist/core/hooks/versions')
const { pathOf } = require('./loggers.cjs')
const { TELL, folder, program, run, withUs } = require('./measure.cjs')

const MODULES = 300
/** The first is the default: a variable would load what checks it. */
const HOOKS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const ENDS = `${TELL} process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  tell({ CPU: (user + system) / 1_000 })
})`

/** By what a program logs: how it does so as CommonJS and as an ES module. */
const LOGS = {
  nothing: { cjs: '', esm: '' },
  'one line': { cjs: "console.log('one line')", esm: "console.log('one line')" },
  'one line with pino': {
    cjs: `const pino = require(${JSON.stringify(pathOf('pino'))})
pino(pino.destination({ dest: 1, sync: true })).info('one line')`,
    esm: `import pino from ${JSON.stringify(pathOf('pino'))}
pino(pino.destination({ dest: 1, sync: true })).info('one line')`,
  },
}

/** Modules that load each other in a tree, with some code in each. */
function application(type, logs) {
  const name = `${type}-${logs.replaceAll(' ', '-')}`
  mkdirSync(join(folder, name), { recursive: true })
  const isEsm = type === 'esm'
  const file = (path, lines) => program(join(name, path), lines.join('\n'))
  file('package.json', [JSON.stringify({ name: 'app', type: isEsm ? 'module' : 'commonjs' })])
  for (let i = 0; i < MODULES; i++) {
    const children = [2 * i + 1, 2 * i + 2].filter((child) => child < MODULES)
    const loads = children.map((child) =>
      isEsm
        ? `import { work as w${child} } from './m${child}.js'`
        : `const { work: w${child} } = require('./m${child}.js')`,
    )
    file(`m${i}.js`, [
      ...loads,
      `function work(n) { return n + ${children.map((child) => `w${child}(n)`).join(' + ') || 1} }
class Thing${i} { constructor(name) { this.name = name } describe() { return \`thing \${this.name} of ${i}\` } }`,
      isEsm ? `export { work, Thing${i} }` : `module.exports = { work, Thing${i} }`,
    ])
  }
  return file('main.js', [isEsm ? "import './m0.js'" : "require('./m0.js')", LOGS[logs][type], ENDS])
}

const APPS = {
  'empty script': (logs) => program(`empty-${logs.replaceAll(' ', '-')}.cjs`, `${LOGS[logs].cjs}\n${ENDS}`),
  [`${MODULES} modules, CommonJS`]: (logs) => application('cjs', logs),
  [`${MODULES} modules, ESM`]: (logs) => application('esm', logs),
}

const cases = Object.entries(APPS).flatMap(([name, make]) =>
  [
    ['nothing', 'nothing'],
    ['one line', 'one line with pino'],
  ].map(([logs, baseLogs]) => {
    const [path, base] = [logs, baseLogs].map(make)
    const most = name === 'empty script' ? 1.15 : 1.1
    return {
      name: [name, logs],
      base: () => run([base]),
      ways: HOOKS.map((hooks) => ({
        name: `hooks ${hooks}`,
        run: (preload) =>
          withUs(preload, [path], { env: hooks === HOOKS[0] ? {} : { UNIFY_LOGS_HOOKS: hooks } }),
        budget: hooks === 'platform' ? { CPU: most, wall: most } : {},
      })),
    }
  }),
)

module.exports = {
  title: 'Start-up',
  about: `A process from its start to its end. The base of one that logs nothing is the same without the preload; that of
one that logs a line by \`console\` is one that has loaded pino by itself and logs a line by it.`,
  head: ['program', 'logs'],
  figures: { CPU: { unit: 'ms' }, wall: { unit: 'ms' } },
  rounds: 15,
  cases,
}
