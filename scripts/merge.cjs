// Makes two files of those that belong together: `dist/start.js` of what every start loads, `dist/line.js` of what the first
// record loads besides. To find, read and compile a file costs Node the same whatever is in it: two dozen of them were most
// of what an empty script paid for the preload, and of what the first line paid for more than pino. Each of the others hands
// out its part of the one file, so that there is still one copy of everything.
const { existsSync, readdirSync, readFileSync, writeFileSync } = require('node:fs')
const { dirname, join, posix, relative, resolve, sep } = require('node:path')
const { build } = require('esbuild')
const { makeEager } = require('./eager.cjs')

/** By file, its parts. */
const MERGED = {
  // What Node's own hooks need; `test/start.test.ts` holds it against what is loaded.
  start: [
    'carriers/index',
    'core/builtins',
    'core/captured',
    'core/config',
    'core/config-file',
    'core/guard',
    'core/hooks/handover',
    'core/hooks/index',
    'core/hooks/platform',
    'core/hooks/targets',
    'core/hooks/versions',
    'core/inherited',
    'core/levels',
    'core/look',
    'core/natives',
    'core/net',
    'core/packages',
    'core/settings',
    'core/shim',
    'core/undo',
    'patchers/console/index',
    'patchers/index',
    'patchers/process/index',
    'preload',
    'runtime',
  ],
  line: [
    'core/context',
    'core/descriptor',
    'core/escape',
    'core/followers',
    'core/function-name',
    'core/home',
    'core/intrinsics',
    'core/lazily',
    'core/level-names',
    'core/limits',
    'core/make-core',
    'core/mask',
    'core/members',
    'core/message',
    'core/module-path',
    'core/outlet',
    'core/own-copy',
    'core/own-pipe',
    'core/pattern',
    'core/policy',
    'core/record',
    'core/redact',
    'core/sink',
    'core/snapshot',
    'core/source-map',
    'core/stats',
    'core/target',
    'core/tell',
    'core/terminal',
    'core/trace',
    'core/tracing',
    'patchers/console/line',
  ],
}

/** By file, a program that runs what nearly every program runs of it. */
const PROGRAMS = { start: '', line: "console.log('a line')" }

const SRC = join(__dirname, '../src')
const DIST = join(__dirname, '../dist')

/** The path of a file of ours below its root, without ending. */
function pathOf(root, file) {
  const found = existsSync(`${file}.ts`) ? file : join(file, 'index')
  return relative(root, found).replaceAll(sep, posix.sep)
}

/** What is no part of a file stays where it is. */
const others = (name) => ({
  name: 'others',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
      const to = pathOf(SRC, resolve(resolveDir, path))
      return MERGED[name].includes(to) || to === name ? undefined : { path: `./${to}`, external: true }
    })
  },
})

/** Which merged file holds a part. */
const holderOf = (part) => Object.keys(MERGED).find((name) => MERGED[name].includes(part))

/** A path as `require` takes it. */
const local = (path) => (path.startsWith('.') ? path : `./${path}`)

/** What is a part of a merged file is asked for there: the file in its own place is for others. */
function withParts(text, file) {
  const whole = (name) =>
    `require("${local(relative(dirname(file), join(DIST, name)).replaceAll(sep, posix.sep))}")`
  const parted = text.replace(/\brequire\("(\.[^"]*)"\)/g, (call, path) => {
    const to = relative(DIST, join(dirname(file), path)).replaceAll(sep, posix.sep)
    const part = [to, posix.join(to, 'index')].find(holderOf)
    return part === undefined ? call : `${whole(holderOf(part))}.part("${part}")`
  })
  // It is there already, whoever asks: once is enough.
  const start = `${whole('start')}.part(`
  if (!parted.includes(start)) return parted
  return `'use strict';var start$=${whole('start')};${parted.replaceAll(start, 'start$.part(')}`
}

/** Each file asks `require` for Node's own modules, and each answer passes the whole loader: here they are asked for once. */
function withBuiltinsOnce(text) {
  const names = [...new Set(Array.from(text.matchAll(/\brequire\("(node:\w+)"\)/g), ([, name]) => name))]
  const variable = (name) => name.replace(':', '$')
  const once = names.map((name) => `${variable(name)}=process.getBuiltinModule("${name}")`)
  return `'use strict';var ${once};${text.replace(/\brequire\("(node:\w+)"\)/g, (_, name) => variable(name))}`
}

/** An object of each part's exports is made for whom it loads by name: by the start itself for none. */
async function merge(name, parts) {
  const names = parts.map((part) => Object.keys(require(join(DIST, part))))
  const imports = parts.map((part, i) => {
    const own = names[i].map((name) => `${name} as ${name}${i}`)
    return `import { ${own.join(', ')} } from './${part}'`
  })
  if (name === 'start') imports.push("import { start } from './start'")
  const cases = parts.map((part, i) => {
    const own = names[i].map((name) => `${name}: ${name}${i}`)
    return `case '${part}': return { ${own.join(', ')} }`
  })
  const { outputFiles } = await build({
    stdin: {
      contents: `${imports.join('\n')}
module.exports = { ${name === 'start' ? 'start, ' : ''}part(name: string) { switch (name) { ${cases.join('\n')} } } }`,
      resolveDir: SRC,
      loader: 'ts',
    },
    outfile: join(DIST, `${name}.js`),
    bundle: true,
    platform: 'node',
    packages: 'external',
    target: 'node20.19',
    plugins: [others(name)],
    minify: true,
    write: false,
    logLevel: 'error',
  })
  return { name, parts, names, text: withBuiltinsOnce(outputFiles[0].text) }
}

function write({ name, parts, names, text }) {
  writeFileSync(join(DIST, `${name}.js`), text)
  for (const [i, part] of parts.entries()) {
    const path = local(posix.relative(posix.dirname(part), name))
    // One by one, so that an ES module sees their names.
    const handed = names[i].map((name) => `exports.${name} = part.${name}\n`).join('')
    writeFileSync(
      join(DIST, `${part}.js`),
      `'use strict'\nconst part = require('${path}').part('${part}')\n${handed}`,
    )
  }
}

async function main() {
  const merged = await Promise.all(Object.entries(MERGED).map(([name, parts]) => merge(name, parts)))
  for (const each of merged) write(each)
  const files = readdirSync(DIST, { recursive: true }).filter((path) => path.endsWith('.js'))
  for (const file of files.map((path) => join(DIST, path)))
    writeFileSync(file, withParts(readFileSync(file, 'utf8'), file))
  for (const [name, program] of Object.entries(PROGRAMS))
    makeEager(join(DIST, `${name}.js`), join(DIST, 'register.js'), program)
}

main()
