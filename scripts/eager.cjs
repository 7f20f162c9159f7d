// V8 reads a function twice that is called while its file is loaded: once to find its end, once to compile it. One in
// parentheses it compiles at the first reading. So the functions that a program runs stand in parentheses in the merged
// files: which they are is found by running it.
const { execFileSync } = require('node:child_process')
const { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { pathToFileURL } = require('node:url')
const ts = require('typescript5')

/**
 * Puts the functions of a file in parentheses that run when `program` does.
 *
 * @param file absolute path of a CommonJS file of one line; written anew
 * @param preload absolute path of what is preloaded
 * @param program text of the program
 */
function makeEager(file, preload, program) {
  const source = readFileSync(file, 'utf8')
  const ran = ranIn(file, preload, program)
  if (ran.size === 0) throw new Error(`${file}: none of its functions ran`)
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS)
  const [directive, ...statements] = tree.statements
  const isRun = (node) => ran.has(`${node.getStart()}:${node.end}`)
  // A declaration is hoisted, so it may stand first as well.
  const declared = statements.filter((node) => ts.isFunctionDeclaration(node) && isRun(node))
  const others = statements.filter((node) => !declared.includes(node))
  const text = (node) => eagerText(node, source, isRun)
  const first = declared.map((node) => {
    const { name } = node
    const [head, body] = [
      source.slice(node.getStart(), name.getStart()),
      text(node).slice(name.end - node.getStart()),
    ]
    return `var ${name.text}=(${head.trim()}${body});`
  })
  writeFileSync(file, [text(directive), ...first, ...others.map(text)].join(''))
}

/** The text of a node, in which each function expression that ran stands in parentheses. */
function eagerText(node, source, isRun) {
  const start = node.getStart()
  let text = ''
  let at = start
  const take = (to) => {
    text += source.slice(at, to)
    at = to
  }
  const visit = (node) => {
    const isEager = (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) && isRun(node)
    take(node.getStart())
    if (isEager) text += '('
    ts.forEachChild(node, visit)
    take(node.end)
    if (isEager) text += ')'
  }
  ts.forEachChild(node, visit)
  take(node.end)
  return text
}

/** Where the functions stand in the file that ran, as `start:end`. */
function ranIn(file, preload, program) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'unify-logs-eager-')))
  try {
    const path = join(folder, 'program.cjs')
    writeFileSync(path, program)
    const coverage = join(folder, 'coverage')
    execFileSync(process.execPath, ['--require', preload, path], {
      env: { ...process.env, NODE_OPTIONS: '', UNIFY_LOGS: '', NODE_V8_COVERAGE: coverage },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    // One of each thread: on some Nodes the loader has its own.
    const reports = readdirSync(coverage).map((name) =>
      JSON.parse(readFileSync(join(coverage, name), 'utf8')),
    )
    const scripts = reports
      .flatMap(({ result }) => result)
      .filter(({ url }) => url === pathToFileURL(file).href)
    const ranges = scripts.flatMap(({ functions }) => functions.map(({ ranges: [whole] }) => whole))
    const ran = ranges.filter(({ count }) => count > 0)
    return new Set(ran.map(({ startOffset, endOffset }) => `${startOffset}:${endOffset}`))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

module.exports = { makeEager }
