import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { soundPlatform } from '../src/core/hooks/versions'
import { node, REGISTER, ROOT, type Run, records } from './support/run'

const NET = join(ROOT, 'fixtures/net')
const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const STDIO = ['stderr', 'both', 'off']

/** Runs a program of `fixtures/net` under the preload. */
function run(program: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  return node(['--require', REGISTER, join(NET, program), ...args], { UNIFY_LOGS_FORMAT: 'json', ...env })
}

function native(program: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  return node([join(NET, program), ...args], env)
}

const outcome = ({ stdout, stderr, observed, code }: Run) => ({ stdout, stderr, observed, code })
/** The records among other lines. */
const recordsIn = (text: string) => records({ stdout: text.replace(/^(?!\{"level":\d+,"time").*\n?/gm, '') })
const matching = (text: string, pattern: RegExp) => text.match(pattern) ?? []
/** What a program saw, in whatever order. */
const events = ({ observed }: Run) => observed.split('\n').sort()
const unpid = (text: string) => text.replace(/\(node:\d+\)/g, '(node)')

describe('stdio', () => {
  it.each([
    ['stderr', 'stderr', 'stderr', 40],
    ['both', 'stderr', 'stderr', 40],
    ['both', 'stdout', 'stdout', 30],
  ])('%s makes records of %s', async (stdio, stream, source, level) => {
    const after = await run('write.cjs', [stream, 'one\n', 'two\nthree\n'], { UNIFY_LOGS_STDIO: stdio })
    expect(records(after)).toEqual(
      ['one', 'two', 'three'].map((msg) =>
        expect.objectContaining({ source, level, msg, module: 'APP', trace: 'fixtures.net.write:next:6' }),
      ),
    )
    expect(after.stderr).toBe('')
  })

  it.each([
    ['stderr', 'stdout', {}],
    ['off', 'stderr', {}],
    ['off', 'stdout', {}],
    ['both', 'stderr', { UNIFY_LOGS_OPT_OUT: 'stderr' }],
    ['both', 'stdout', { UNIFY_LOGS_OPT_OUT: 'stdout' }],
  ])('%s leaves %s alone (%j)', async (stdio, stream, env) => {
    const args = [stream, 'one\n', 'two\nthree\n', 'ERROR: four', '\n']
    const after = await run('write.cjs', args, { UNIFY_LOGS_STDIO: stdio, ...env })
    expect(outcome(after)).toEqual(outcome(await native('write.cjs', args)))
  })
})

describe('a line that begins by a raw write', () => {
  const said = async (stdio: string) => {
    const { stdout, stderr } = await run('begun.cjs', [], { UNIFY_LOGS_STDIO: stdio })
    const lines = stdout.split('\n').map((line) => (line.startsWith('{') ? JSON.parse(line).msg : line))
    return { lines, stderr }
  }

  it('and ends by console is one record, where raw lines of the stream are taken', async () => {
    const { lines, stderr } = await said('both')
    expect(lines).toEqual(['[12:00:00] Starting', '[12:00:01] Failed', 'Loading… ', 'meanwhile', 'done', ''])
    expect(stderr).toBe('')
  })

  it('never has a record behind it in the same line', async () => {
    const { lines } = await said('stderr')
    const rest = ['[12:00:01] Failed', 'Loading… ', 'meanwhile', 'done', '']
    expect(lines).toEqual(['[12:00:00] ', 'Starting', ...rest])
  })
})

describe('what the look of a line tells', () => {
  const at = Date.UTC(2024, 11, 16, 14, 49, 36)
  const date = '2024-12-16T14:49:36.000Z'
  it.each<[text: string, record: object]>([
    ['plain words', { level: 40, msg: 'plain words' }],
    ['', { level: 40, msg: '' }],
    ['\u001b[31mred\u001b[39m', { level: 40, msg: 'red' }],
    ['\nbelow a blank line\n', { level: 40, msg: 'below a blank line' }],
    ['TypeError: boom\n    at f (a.js:1:2)\n    at g (a.js:3:4)', { level: 50 }],
    ['ERROR: out of stock', { level: 50, msg: 'out of stock' }],
    ['warn: low stock', { level: 40, msg: 'low stock' }],
    ['[INFO] open', { level: 30, msg: 'open' }],
    ['[debug] [db] query', { level: 20, msg: 'query', namespace: 'db' }],
    ['CRITICAL [pay.card] refused\n  twice', { level: 60, msg: 'refused\n  twice', namespace: 'pay.card' }],
    ['2024-12-16 14:49:36,123 ERROR [db] lost', { level: 50, msg: 'lost', namespace: 'db' }],
    ['[14:49:36] [notice] seen', { level: 30, msg: 'seen' }],
    ['Error: an error of the language', { level: 40, msg: 'Error: an error of the language' }],
    ['Error [ERR_X]: another', { level: 40, msg: 'Error [ERR_X]: another' }],
    ['usage: till [options]', { level: 40, msg: 'usage: till [options]' }],
    [`${date} app:db query %o { a: 1 }`, { level: 20, namespace: 'app:db', msg: 'query %o { a: 1 }' }],
    ['Mon, 16 Dec 2024 14:49:36 GMT app:db query', { level: 20, namespace: 'app:db', msg: 'query' }],
    [`${date} app:db {\n  a: 1,\n}\nmore of it`, { level: 20, msg: '{\n  a: 1,\n}\nmore of it' }],
    [
      '  \u001b[38;5;63;1mapp:db \u001b[0mquery\n  \u001b[38;5;63;1mapp:db \u001b[0magain \u001b[38;5;63m+3ms\u001b[0m',
      { level: 20, namespace: 'app:db', msg: 'query\nagain' },
    ],
    ['  \u001b[33;1mapp:db \u001b[0mquery \u001b[33m+2s\u001b[0m', { namespace: 'app:db', msg: 'query' }],
    ['  two words +3ms', { level: 40, msg: 'two words +3ms' }],
    [
      '{"level":50,"time":1734360576000,"pid":1,"hostname":"h","name":"api","msg":"hi","source":"theirs"}',
      {
        ...{ level: 50, time: at, namespace: 'api', msg: 'hi', source: 'stderr' },
        data: { pid: 1, hostname: 'h', source: 'theirs' },
      },
    ],
    [
      `{"name":"api","hostname":"h","pid":1,"level":35,"msg":"hi","time":"${date}","v":0}`,
      { level: 35, time: at, namespace: 'api', msg: 'hi', data: { pid: 1, hostname: 'h', v: 0 } },
    ],
    ['{"level":"warn","message":"low","label":"till"}', { level: 40, msg: 'low', namespace: 'till' }],
    [
      `{"@timestamp":"${date}","log.level":"error","log.logger":"db","message":"m","error":{"type":"E","message":"m","stack_trace":"E: m"}}`,
      { level: 50, time: at, namespace: 'db', err: { type: 'E', message: 'm', stack: 'E: m' } },
    ],
    ['{"log":{"level":"info","logger":"db"},"message":"m"}', { level: 30, namespace: 'db', msg: 'm' }],
    ['{"severity":"NOTICE","message":"m","time":1734360576}', { level: 30, time: at, msg: 'm' }],
    ['{"level":30,"time":1734360576000,"a":{"b":1}}', { level: 30, msg: '', data: { a: { b: 1 } } }],
    ['{"level":3,"message":"m"}', { level: 40, msg: '{"level":3,"message":"m"}' }],
    ['{"level":"high","message":"m"}', { level: 40, msg: '{"level":"high","message":"m"}' }],
    ['{"level":"info"}', { level: 40, msg: '{"level":"info"}' }],
    ['{"level":"info","message":"torn"', { level: 40 }],
  ])('%j', async (text, record) => {
    const found = records(await run('write.cjs', ['stderr', `${text}\n`]))
    expect(found).toEqual([expect.objectContaining({ source: 'stderr', ...record })])
  })

  it('a record of a child stays the record that it is', async () => {
    const child = await run('write.cjs', ['stderr', 'from a child\n'])
    const after = await run('write.cjs', ['stderr', child.stdout])
    expect([after.stdout, after.stderr]).toEqual(['', child.stdout])
  })

  it('the lines of a chunk are records each, but those that continue the one above', async () => {
    const after = await run('write.cjs', ['stderr', 'one\n  of it\ntwo\n\nINFO: three\n}\nfour\n'])
    expect(records(after).map(({ msg }) => msg)).toEqual(['one\n  of it', 'two', 'three\n}', 'four'])
  })
})

describe('nothing breaks', () => {
  it.each(STDIO)('what a tool writes to stdout reaches it, with stdio %s', async (stdio) => {
    const before = await native('payload.cjs')
    const after = await run('payload.cjs', [], { UNIFY_LOGS_STDIO: stdio })
    expect(before.observed).toContain('["answer","ann"]')
    expect(before.stdout.length).toBeGreaterThan(1_000_000)
    expect(events(after)).toEqual(events(before))
    if (stdio !== 'both') expect(outcome(after)).toEqual(outcome(before))
  })

  it.skipIf(process.platform === 'win32')(
    'a payload is byte-identical through a pipe and in a file',
    async () => {
      const shell = (command: string) =>
        execFileSync('sh', ['-c', command], { env: { PATH: process.env.PATH, UNIFY_LOGS_FORMAT: 'json' } })
      const before = shell(`'${process.execPath}' '${NET}/payload.cjs' | cat`)
      for (const end of ['| cat', '> "$f"; cat "$f"']) {
        const file = `f='${join(realpathSync(tmpdir()), `net-${process.pid}`)}'`
        const after = shell(`${file}; '${process.execPath}' -r '${REGISTER}' '${NET}/payload.cjs' ${end}`)
        expect(after.equals(before), end).toBe(true)
      }
    },
  )

  it.each([
    ['stderr', 'stderr'],
    ['both', 'stderr'],
    ['both', 'stdout'],
  ])('lines in pieces, spinners, bytes, callbacks (stdio %s, on %s)', async (stdio, stream) => {
    const before = await native('pieces.cjs', [stream])
    const after = await run('pieces.cjs', [stream], { UNIFY_LOGS_STDIO: stdio })
    // A sequence that shows nothing begins no line.
    const shown = (text: string) => text.replace('\u001b[?25h', '')
    const whole = shown(before[stream as 'stderr'])
    const left = shown(after[stream as 'stderr'])
    const found = recordsIn(shown(after.stdout))

    expect(after.observed).toBe(before.observed)
    expect(found.map(({ msg }) => msg.slice(0, 3))).toEqual(matching(whole, /P\d\d/g))
    expect(matching(left.replace(/^\{"level".*\n/gm, ''), /\b[NP]\d\d/g)).toEqual(matching(whole, /\bN\d\d/g))
    expect(left).toContain('N04 working 10 %\rN04 working 20 %\rN04 worked\n')
    expect(left).toContain('N05 \u001b[2Kerased\n')
    expect(left).toMatch(/N08 last words$/)
    expect(found[0]).toMatchObject({
      msg: 'P01 one two three',
      trace: 'fixtures.net.pieces:main:11',
    })
  })

  it.each(['stderr', 'both'])(
    'streams that the host replaces, borrows and ends (stdio %s)',
    async (stdio) => {
      const before = await native('hosts.cjs')
      const after = await run('hosts.cjs', [], { UNIFY_LOGS_STDIO: stdio })
      expect(after.observed).toBe(before.observed)
      expect(after.stderr).toBe('N06 another object\nN09 the last')
      expect(records(after).map(({ msg, source }) => [msg, source])).toEqual([
        ['H03 seen', 'stderr'],
        ['H04 seen', 'console'],
        ['H05 borrowed', 'stderr'],
        ['H07 by a Console', 'console'],
        ['H08 corked', 'stderr'],
      ])
    },
  )

  it('a line that a crash leaves open stands before the text of the crash', async () => {
    const program = 'process.stderr.write("open "); throw new Error("boom")'
    const before = await node(['-e', program])
    const after = await node(['--require', REGISTER, '-e', program], { UNIFY_LOGS_FORMAT: 'json' })
    expect([after.stderr, after.code]).toEqual([before.stderr, before.code])
    expect(before.stderr).toMatch(/^open /)
  })

  it('a worker thread writes as its parent does', async () => {
    const program = `const { Worker } = require('node:worker_threads')
      new Worker('process.stderr.write("inside\\\\n"); process.stdout.write("payload\\\\n")', { eval: true })
      const bare = new Worker('process.stderr.write("bare\\\\n")', { eval: true, execArgv: [] })
      const read = new Worker('process.stderr.write("read\\\\n")', { eval: true, stderr: true })
      read.stderr.on('data', (chunk) => process.stdout.write(\`by hand: \${chunk}\`))`
    const after = await node(['--require', REGISTER, '-e', program], { UNIFY_LOGS_FORMAT: 'json' })
    expect(
      recordsIn(after.stdout)
        .map(({ msg }) => msg)
        .sort(),
    ).toEqual(['bare', 'inside'])
    expect(after.stdout.match(/^[^{].*$/gm)?.sort()).toEqual(['by hand: read', 'payload'])
    expect(after.stderr).toBe('')
  })
})

describe('on a terminal', () => {
  const script = hasScript()
  const terminal = (command: string): Promise<string> =>
    new Promise((resolve) => {
      const env = { PATH: process.env.PATH, TERM: 'xterm', UNIFY_LOGS_STDIO: 'both' }
      execFile('script', ['-qec', command, '/dev/null'], { env }, (_error, stdout) => resolve(stdout))
    })

  it.skipIf(!script)('a line without its end is shown at once, a complete one is a record', async () => {
    const program = `process.stdout.write("Name? "); require("fs").writeSync(1, "<shown>"); process.stderr.write("whole\\n")`
    const output = await terminal(`'${process.execPath}' -r '${REGISTER}' -e '${program}'`)
    expect(output).toMatch(/^Name\? <shown>\r\n\d{4}-.* \| whole\r\n$/)
  })

  it.skipIf(!script)('the colours of debug tell namespace and text', async () => {
    const program = 'process.env.DEBUG = "*"; require("debug-fork")("app:db")("query")'
    const output = await terminal(`cd '${project}'; '${process.execPath}' -r '${REGISTER}' -e '${program}'`)
    expect(output).toMatch(/ \| app:db \| [^|]*DEBUG[^|]* \| query\r\n$/)
  })
})

/** A project whose packages write by themselves. */
let project: string

beforeAll(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'net-')))
  const packages = join(project, 'node_modules')
  const debug = dirname(
    createRequire(join(ROOT, 'fixtures/debug/newest/package.json')).resolve('debug/package.json'),
  )
  cpSync(debug, join(packages, 'debug-fork'), { recursive: true })
  cpSync(join(ROOT, 'node_modules/ms'), join(packages, 'ms'), { recursive: true })
  mkdirSync(join(packages, 'noisy'), { recursive: true })
  cpSync(join(NET, 'packages.cjs'), join(project, 'packages.cjs'))
  const files = {
    'package.json': { name: 'shop' },
    'node_modules/debug-fork/package.json': { name: 'debug-fork', version: '4.0.1', main: 'src/index.js' },
    'node_modules/noisy/package.json': { name: 'noisy', version: '2.0.0' },
  }
  for (const [path, content] of Object.entries(files))
    writeFileSync(join(project, path), JSON.stringify(content))
  writeFileSync(
    join(packages, 'noisy/index.js'),
    'module.exports = function say(text) {\n  process.stderr.write(text)\n}\n',
  )
})
afterAll(() => rmSync(project, { recursive: true }))

describe('a package that writes by itself', () => {
  const start = (env: NodeJS.ProcessEnv = {}) =>
    node(
      ['--require', REGISTER, 'packages.cjs'],
      { DEBUG: 'app:*', UNIFY_LOGS_FORMAT: 'json', ...env },
      project,
    )

  it.each(BACK_ENDS)('is named, and so is the namespace of a copy of debug (%s)', async (hooks) => {
    const after = await start({ UNIFY_LOGS_HOOKS: hooks })
    expect(after.stderr).toBe('')
    const fork = { source: 'stderr', level: 20, pkg: 'debug-fork@4.0.1' }
    expect(records(after)).toMatchObject([
      { msg: 'K01 by the program', source: 'stderr', level: 40, module: 'APP', trace: 'packages:<module>:2' },
      {
        msg: 'K02 by a package',
        source: 'stderr',
        level: 40,
        pkg: 'noisy@2.0.0',
        trace: 'noisy.index:say:2',
      },
      { ...fork, namespace: 'app:db', msg: 'K03 of a copy of debug { a: [ 1, { b: 2 } ] }' },
      { ...fork, namespace: 'app:http', msg: 'K04 of a copy of debug' },
    ])
  })

  it.each([
    ['debug:app:db', /K03/],
    ['debug', /K0[34]/],
    ['package:noisy', /K02/],
    ['package:debug-fork', /K0[34]/],
    ['stderr:app:http', /K04/],
    ['stderr', /K0/],
  ])('is opted out by %s', async (optOut, passes) => {
    const before = await node(['packages.cjs'], { DEBUG: 'app:*' }, project)
    const after = await start({ UNIFY_LOGS_OPT_OUT: optOut, UNIFY_LOGS_TRACE: 'off' })
    const [mine, others] = [true, false].map((wanted) =>
      before.stderr.split('\n').filter((line) => line !== '' && passes.test(line) === wanted),
    )
    const undated = (text: string) => text.replace(/^\d{4}-\S+/, 'DATE')
    expect(after.stderr.split('\n').filter(Boolean).map(undated)).toEqual(mine?.map(undated))
    expect(records(after)).toHaveLength(others?.length as number)
  })

  it('has the level of debug under `levels`', async () => {
    const config = join(project, 'levels.json')
    writeFileSync(config, JSON.stringify({ levels: { 'debug:app:db': 'info', 'package:noisy': 'error' } }))
    const after = await start({ UNIFY_LOGS_CONFIG: config })
    expect([after.stderr, records(after).map(({ msg }) => msg.slice(0, 3))]).toEqual(['', ['K01', 'K04']])
  })
})

describe('what Node and depd print', () => {
  it.each(BACK_ENDS)('util.debuglog and NODE_DEBUG (%s)', async (hooks) => {
    const env = { NODE_DEBUG: 'shop,net' }
    const before = await native('debuglog.cjs', [], env)
    const after = await run('debuglog.cjs', [], { ...env, UNIFY_LOGS_HOOKS: hooks })
    expect([after.stderr, after.observed]).toEqual(['', before.observed])

    const found = records(after)
    const own = found.filter(({ namespace }) => namespace === 'SHOP')
    const known = { source: 'debuglog', level: 20, module: 'SHOP' }
    expect(own).toMatchObject([
      { ...known, msg: 'D01 one of 2', trace: 'fixtures.net.debuglog:Till.open:11' },
      { ...known, err: { type: 'TypeError', message: 'boom' } },
      { ...known, msg: 'D03 first' },
      { ...known, msg: 'D04 second', trace: 'fixtures.net.debuglog:<module>:24' },
      { ...known, msg: 'D05 by its other name' },
      { ...known, msg: 'D06 by import' },
    ])
    const core = found.filter(({ namespace }) => namespace === 'NET')
    expect(core).toHaveLength(matching(before.stderr, /^NET \d+: /gm).length)
    expect(core[0]).toMatchObject({ source: 'debuglog', level: 20, module: 'NET' })
    expect(found).toHaveLength(own.length + core.length)
  })

  it.each([
    ['stderr', { NODE_DEBUG: 'shop,net', UNIFY_LOGS_OPT_OUT: 'debuglog' }],
    ['both', { NODE_DEBUG: 'shop,net', UNIFY_LOGS_OPT_OUT: 'debuglog' }],
    ['stderr', {}],
  ])('util.debuglog stays native where it is opted out or off (stdio %s, %j)', async (stdio, env) => {
    const before = await native('debuglog.cjs', [], env)
    const after = await run('debuglog.cjs', [], { UNIFY_LOGS_STDIO: stdio, ...env })
    const same = ({ stdout, stderr, observed }: Run) => [
      stdout,
      observed,
      stderr.replace(/^(\w+) \d+:/gm, '$1 PID:'),
    ]
    expect(same(after)).toEqual(same(before))
  })

  it('a deprecation of depd', async () => {
    const after = await run('deprecated.cjs')
    expect(after.stderr).toBe('')
    const known = { source: 'process', namespace: 'deprecation', module: 'deprecation', level: 40 }
    // The call site is who warns; who calls is told by the text.
    expect(records(after)).toEqual(
      [
        ['shop deprecated D01 buy is now order at fixtures/net/deprecated.cjs:7:36', 'deprecated:main:7'],
        ['shop deprecated D02 sell is gone at fixtures/net/deprecated.cjs:8:8', 'shop:sell:6'],
      ].map(([msg, site]) => expect.objectContaining({ ...known, msg, trace: `fixtures.net.${site}` })),
    )
  })

  it.each([
    ['no listener, opted out', [], { UNIFY_LOGS_OPT_OUT: 'process:deprecation' }],
    ['NO_DEPRECATION', [], { NO_DEPRECATION: 'shop' }],
    ['a listener of the program', ['listen'], { UNIFY_LOGS_OPT_OUT: 'console' }],
  ])('a deprecation of depd with %s', async (_name, args, env) => {
    const undated = ({ stdout, stderr }: Run) => [stdout, stderr.replace(/^.*? GMT /gm, '')]
    expect(undated(await run('deprecated.cjs', args, env))).toEqual(
      undated(await native('deprecated.cjs', args, env)),
    )
  })

  it.each<[flags: string[], printed: string[]]>([
    [[], ['W01', 'W02', 'W03']],
    [['--trace-warnings'], ['W01', 'W02', 'W03']],
    [['--trace-deprecation'], ['W01', 'W02', 'W03']],
    [['--no-deprecation'], ['W01', 'W02']],
    [['--no-warnings'], []],
    [['--disable-warning=SHOP1'], ['W01', 'W03']],
    [['--redirect-warnings=/dev/null'], []],
  ])('warnings with %j are printed as Node decides, once', async (flags, printed) => {
    // Since Node 21.3 and 20.11.
    const before = await node([...flags, join(NET, 'warnings.cjs')])
    expect(matching(before.stderr, /^\(node:\d+\).*?(W\d\d)/gm)).toHaveLength(printed.length)
    for (const stdio of STDIO) {
      const after = await node([...flags, '--require', REGISTER, join(NET, 'warnings.cjs')], {
        UNIFY_LOGS_FORMAT: 'json',
        UNIFY_LOGS_STDIO: stdio,
      })
      expect([after.stderr, records(after).map(({ msg }) => msg.slice(0, 3))], stdio).toEqual(['', printed])
      for (const { source, namespace } of records(after))
        expect([source, namespace]).toEqual(['process', 'warning'])
    }
  })

  it('warnings that are opted out are as without us', async () => {
    const before = await native('warnings.cjs')
    const after = await run('warnings.cjs', [], { UNIFY_LOGS_STDIO: 'both', UNIFY_LOGS_OPT_OUT: 'process' })
    expect([unpid(after.stderr), after.stdout]).toEqual([unpid(before.stderr), ''])
  })
})

it('a piece of a line is lost where its tick ends by a signal', async () => {
  const program = 'process.stderr.write("piece"); process.kill(process.pid, "SIGKILL")'
  const after = await node(['--require', REGISTER, '-e', program])
  expect([after.stdout, after.stderr, after.signal]).toEqual(['', '', 'SIGKILL'])
})

function hasScript(): boolean {
  try {
    return execFileSync('script', ['-qec', 'echo here', '/dev/null']).includes('here')
  } catch {
    return false
  }
}
