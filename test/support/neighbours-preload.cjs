// Notes which files of real loggers the hooks hand over, and leaves the loggers as they are.
const { writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { inLoaderThread, installHooks } = require('../../dist/core/hooks/index.js')

const seen = []

function row(name, ...paths) {
  const files = Object.fromEntries(paths.map((path) => [path, (dir) => seen.push(join(dir, path))]))
  return [name, () => ({ package: name, versions: '*', levels: {}, files })]
}

if (!inLoaderThread()) {
  installHooks(
    process.env.TEST_HOOKS,
    new Map([
      row('consola', 'lib/index.cjs', 'dist/index.mjs'),
      row('debug', 'src/index.js', 'src/common.js'),
      row('winston', 'lib/winston.js', 'lib/winston/logger.js'),
    ]),
    (_exports, { patcher, path, dir }) => patcher.files[path](dir),
  )
  process.on('exit', () => writeFileSync(process.env.TEST_SEEN, JSON.stringify(seen)))
}
