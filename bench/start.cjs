// What does the preload cost a process that prints nothing? An empty script, and an application of 300 modules.
const { mkdirSync, mkdtempSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { TELL, ratio, run } = require('./measure.cjs')

const MODULES = 300
const ROUNDS = Number(process.env.ROUNDS ?? 31)
const PRELOAD = join(__dirname, '../dist/register.js')

/** Modules that load each other in a tree, with some code in each. */
function application(folder, esm) {
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'app', type: esm ? 'module' : 'commonjs' }),
  )
  for (let i = 0; i < MODULES; i++) {
    const children = [2 * i + 1, 2 * i + 2].filter((child) => child < MODULES)
    const loads = children.map((child) =>
      esm
        ? `import { work as w${child} } from './m${child}.js'`
        : `const { work: w${child} } = require('./m${child}.js')`,
    )
    const body = `function work(n) { return n + ${children.map((child) => `w${child}(n)`).join(' + ') || 1} }
class Thing${i} { constructor(name) { this.name = name } describe() { return \`thing \${this.name} of ${i}\` } }`
    const gives = esm ? `export { work, Thing${i} }` : `module.exports = { work, Thing${i} }`
    writeFileSync(join(folder, `m${i}.js`), [...loads, body, gives].join('\n'))
  }
  const tell = esm
    ? `import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)\n${TELL}`
    : TELL
  writeFileSync(join(folder, 'main.js'), esm ? `import './m0.js'\n${tell}` : `require('./m0.js')${tell}`)
  return join(folder, 'main.js')
}

/** @returns the rows of a table */
function start() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-start-'))
  const empty = join(folder, 'empty.cjs')
  writeFileSync(empty, TELL)
  const programs = {
    'empty script': empty,
    [`${MODULES} modules, CommonJS`]: application(join(folder, 'cjs'), false),
    [`${MODULES} modules, ESM`]: application(join(folder, 'esm'), true),
  }
  const rows = Object.entries(programs).flatMap(([name, file]) =>
    ['auto', 'middle'].map((hooks) => {
      const native = []
      const ours = []
      for (let i = 0; i < ROUNDS; i++) {
        native.push(run([file]))
        ours.push(run(['--require', PRELOAD, file], hooks === 'auto' ? {} : { UNIFY_LOGS_HOOKS: hooks }))
      }
      const of = (key) =>
        ratio(
          native.map((each) => each[key]),
          ours.map((each) => each[key]),
        )
      return [name, hooks, of('cpu'), of('wall')]
    }),
  )
  rmSync(folder, { recursive: true })
  return { title: 'Start-up', head: ['program', 'hooks', 'CPU', 'wall'], rows }
}

module.exports = start
