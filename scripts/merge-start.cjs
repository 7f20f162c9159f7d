// Makes one file, `dist/start.js`, of those that every start loads. To find, read and compile a file costs Node the same
// whatever is in it: two dozen of them were most of what an empty script paid for the preload. Each of the others hands
// out its part of the one file, so that there is still one copy of everything.
const { existsSync, writeFileSync } = require('node:fs')
const { join, posix, relative, resolve, sep } = require('node:path')
const { build } = require('esbuild')

/** What Node's own hooks need; `test/start.test.ts` holds it against what is loaded. */
const PARTS = [
  'carriers/index',
  'core/builtins',
  'core/captured',
  'core/config',
  'core/config-file',
  'core/context',
  'core/escape',
  'core/guard',
  'core/hooks/handover',
  'core/hooks/index',
  'core/hooks/platform',
  'core/hooks/targets',
  'core/hooks/versions',
  'core/inherited',
  'core/levels',
  'core/natives',
  'core/net',
  'core/own-pipe',
  'core/packages',
  'core/settings',
  'core/shim',
  'core/undo',
  'patchers/console/index',
  'patchers/index',
  'patchers/process/index',
  'preload',
  'runtime',
]

const SRC = join(__dirname, '../src')
const DIST = join(__dirname, '../dist')

/** The path of a file of ours below its root, without ending. */
function pathOf(root, file) {
  const found = existsSync(`${file}.ts`) ? file : join(file, 'index')
  return relative(root, found).replaceAll(sep, posix.sep)
}

/** Files that a start does not load stay where they are. */
const others = {
  name: 'others',
  setup({ onResolve }) {
    onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
      const to = pathOf(SRC, resolve(resolveDir, path))
      return PARTS.includes(to) || to === 'start' ? undefined : { path: `./${to}`, external: true }
    })
  },
}

/** Each file asks `require` for Node's own modules, and each answer passes the whole loader: here they are asked for once. */
function withBuiltinsOnce(text) {
  const names = [...new Set(Array.from(text.matchAll(/\brequire\("(node:\w+)"\)/g), ([, name]) => name))]
  const variable = (name) => name.replace(':', '$')
  const once = names.map((name) => `${variable(name)}=process.getBuiltinModule("${name}")`)
  return `var ${once};${text.replace(/\brequire\("(node:\w+)"\)/g, (_, name) => variable(name))}`
}

/** An object of each part's exports is made for whom it loads by name: by the start itself for none. */
async function merge() {
  const names = PARTS.map((part) => Object.keys(require(join(DIST, part))))
  const imports = PARTS.map((part, i) => {
    const own = names[i].map((name) => `${name} as ${name}${i}`)
    return `import { ${own.join(', ')} } from './${part}'`
  })
  const cases = PARTS.map((part, i) => {
    const own = names[i].map((name) => `${name}: ${name}${i}`)
    return `case '${part}': return { ${own.join(', ')} }`
  })
  const { outputFiles } = await build({
    stdin: {
      contents: `export * from './start'
${imports.join('\n')}
export function part(name: string) { switch (name) { ${cases.join('\n')} } }`,
      resolveDir: SRC,
      loader: 'ts',
    },
    outfile: join(DIST, 'start.js'),
    bundle: true,
    platform: 'node',
    packages: 'external',
    target: 'node20.19',
    plugins: [others],
    minify: true,
    write: false,
    logLevel: 'error',
  })
  writeFileSync(join(DIST, 'start.js'), withBuiltinsOnce(outputFiles[0].text))
  for (const [i, part] of PARTS.entries()) {
    const start = posix.relative(posix.dirname(part), 'start')
    const path = start.startsWith('.') ? start : `./${start}`
    // One by one, so that an ES module sees their names.
    const handed = names[i].map((name) => `exports.${name} = part.${name}\n`).join('')
    writeFileSync(
      join(DIST, `${part}.js`),
      `'use strict'\nconst part = require('${path}').part('${part}')\n${handed}`,
    )
  }
}

merge()
