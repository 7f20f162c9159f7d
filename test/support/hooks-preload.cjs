// Marks what the hooks hand over, as a patcher of these invented packages would: in place.
const { inLoaderThread, installHooks } = require('../../dist/core/hooks/index.js')

/** The rows that were loaded. */
const used = []
Object.defineProperty(globalThis, Symbol.for('rows'), { value: used })

function mark(exports, { version }) {
  exports.mark.push(version)
}

function fail() {
  throw new Error('the patch is wrong')
}

function row(name, files, versions = '<9') {
  return [
    name,
    () => {
      used.push(name)
      return { package: name, versions, levels: { info: 30 }, files }
    },
  ]
}

if (!inLoaderThread()) {
  installHooks(
    process.env.TEST_HOOKS,
    new Map([
      row('alpha', { 'index.js': mark, 'lib/inner.js': mark }),
      row('beta', { 'index.js': mark, 'lib/inner.js': mark }),
      row('gamma', { 'index.cjs': mark, 'index.mjs': mark }),
      row('delta', { 'index.js': fail, 'again.js': mark }),
      row('epsilon', { 'index.js': mark }),
      row('eta', { 'index.js': mark, 'lib/back.js': mark }),
      row('zeta', { 'index.js': mark }, '>=1.0.0-alpha'),
    ]),
    (exports, { patcher, path, version }) => patcher.files[path](exports, { version }),
  )
}
