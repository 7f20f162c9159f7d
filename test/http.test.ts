import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Context } from '../src/core/context'
import { soundPlatform } from '../src/core/hooks/versions'
import type { HttpConfig } from '../src/core/settings'
import { pathOf, routeOf } from '../src/http/route'
import { node, REGISTER, ROOT, type Run, records } from './support/run'

const HTTP = join(ROOT, 'fixtures/http')
const BACK_ENDS = soundPlatform() ? ['platform', 'middle'] : ['middle']
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'http-')))
let configs = 0
afterAll(() => rmSync(dir, { recursive: true }))

const unified = (args: string[], env: NodeJS.ProcessEnv) =>
  node(['--require', REGISTER, ...args], { UNIFY_LOGS_FORMAT: 'json', ...env })

/** Runs a fixture under the preload; every line of it is a record, and none is said on stderr. */
async function run(http: boolean | HttpConfig, [program, ...args]: string[], env = {}) {
  const file = join(dir, `${configs++}.json`)
  writeFileSync(file, JSON.stringify({ http, trace: 'off' }))
  const after = await unified([join(HTTP, program as string), ...args], { UNIFY_LOGS_CONFIG: file, ...env })
  expect([after.stderr, after.code]).toEqual(['', 0])
  return { lines: records(after), told: after.observed === '' ? undefined : JSON.parse(after.observed) }
}

/** What a line is about and whose it is. */
// biome-ignore lint/suspicious/noExplicitAny: a record
const whose = ({ msg, interactionId, userId }: any) => [msg, interactionId, userId]

describe('the events of a request', () => {
  it('10,000 requests on kept connections, for each of four body styles: 0 wrong, 0 missing', async () => {
    const { lines, told } = await run({ trustHeader: true }, ['bodies.cjs', '10000'])
    expect(told).toEqual({ right: 250_000, wrong: 0, missing: 0, outside: {} })
    const ids = lines.map(({ msg, interactionId, userId, route }) => {
      expect([msg, userId, route]).toEqual([
        `${interactionId} finished`,
        `user of ${interactionId}`,
        `/${interactionId.split('-')[0]}`,
      ])
      return interactionId
    })
    expect(new Set(ids).size).toBe(4_000)
  })

  const KINDS = {
    http: ['arrived', 'end', 'read 70000', 'finish', 'close'],
    https: ['arrived', 'end', 'read 70000', 'finish', 'close'],
    http2: ['arrived', 'end', 'read 70000', 'finish', 'close'],
    // Node does not say when one of these has finished.
    'http2 streams': ['arrived', 'end', 'read 70000', 'close'],
    'http2 secure': ['arrived', 'end', 'read 70000', 'finish', 'close'],
    'http2 for http1': ['arrived', 'end', 'read 70000', 'finish', 'close'],
    'one server behind another': ['arrived', 'end', 'read 70000', 'finish', 'close'],
  }

  it('http, https, http2: each request has one id, which is nobody else’s', async () => {
    const { lines, told } = await run(true, ['servers.cjs'])
    const ids = Object.values(told)
    expect(ids.every((id) => UUID.test(String(id)))).toBe(true)
    expect(new Set(ids).size).toBe(40 * Object.keys(KINDS).length)
    const expected = Object.entries(KINDS).flatMap(([kind, steps]) =>
      Array.from({ length: 40 }, (_, i) => `${kind}-${i}`).flatMap((n) =>
        steps.map((step) => [`${n} ${step}`, told[n], step === 'arrived' ? undefined : n].join()),
      ),
    )
    expect(lines.map((line) => whose(line).join()).sort()).toEqual(expected.sort())
    expect(lines.map(({ method }) => method)).toEqual(lines.map(() => 'POST'))
    for (const { route } of lines) expect(route).toMatch(/^\/path\/\d+$/)
  })

  it('a request that is thrown out of keeps its error’s lines', async () => {
    const { lines } = await run({ trustHeader: true }, ['raw.cjs', 'throwing'])
    expect(lines.map(({ err, interactionId, userId }) => [err.message, interactionId, userId])).toEqual([
      ['thrown', 't1', 't1'],
    ])
  })

  /** Each line begins with the id that it must carry; all but those of the case that binds nothing have that user. */
  const RAW: [name: string, lines: number][] = [
    ['pipelining', 16],
    ['aborted', 4],
    ['aborted http2', 3],
    ['websocket', 36],
    ['compressed websocket', 144],
  ]
  it.each(RAW)('%s', async (name, count) => {
    const { lines } = await run({ trustHeader: true }, ['raw.cjs', name])
    expect(lines).toHaveLength(count)
    expect(lines.map(whose)).toEqual(lines.map(({ msg }) => [msg, msg.split(' ')[0], msg.split(' ')[0]]))
  })

  it('100-continue and CONNECT', async () => {
    const { lines } = await run({ trustHeader: true }, ['raw.cjs', 'expect and connect'])
    expect(lines.map(({ interactionId, msg, route }) => [interactionId, msg, route])).toEqual([
      ['e1', 'e1 checked', '/'],
      ['e1', 'e1 request', '/'],
      ['e1', 'e1 end', '/'],
      ['c1', 'c1 connected', 'db:1'],
      ['c1', 'c1 data query', 'db:1'],
    ])
  })
})

describe('what a request binds', () => {
  it('reaches everything later in it and nothing outside, nor does the run around the server reach in', async () => {
    const { lines } = await run({ trustHeader: true }, ['raw.cjs', 'isolation'])
    const start = 'of the start'
    const of = (n: string, user?: string) => [
      [`${n} before `, n, undefined],
      [`${n} after ${user ?? ''}`, n, user],
      [`${n} own own`, n, user],
    ]
    const outside = [
      ...Array.from({ length: 3 }, () => [`start connection ${start}`, 'start', start]),
      [`start outside ${start}`, 'start', start],
    ]
    const expected = [...of('i1', 'i1 user'), ...of('i2'), ...of('i3', 'i3 user'), ...outside]
    expect(lines.map((line) => whose(line).join()).sort()).toEqual(expected.map((line) => line.join()).sort())
    expect(lines.filter(({ msg }) => msg.endsWith('own own')).map(({ step }) => step)).toEqual([
      'own',
      'own',
      'own',
    ])
  })
})

const PARENT = '00f067aa0ba902b7'
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'

describe('the id', () => {
  const ids = async (http: boolean | HttpConfig, headers: readonly object[]): Promise<string[]> =>
    (await run(http, ['ids.cjs', JSON.stringify(headers)])).told

  it('is made here unless the header is trusted', async () => {
    const headers = [{}, { 'x-request-id': 'client' }, { traceparent: `00-${TRACE}-${PARENT}-01` }]
    for (const http of [true, {}, { trustHeader: false, header: 'x-request-id' }]) {
      const found = await ids(http, headers)
      expect(found.every((id) => UUID.test(id))).toBe(true)
      expect(new Set(found).size).toBe(3)
    }
  })

  it('is that of a trusted header that is well-formed, the first of three', async () => {
    const all = {
      'x-request-id': 'a-1',
      'x-correlation-id': 'b-2',
      traceparent: `00-${TRACE}-${PARENT}-01`,
    }
    const longest = 'x'.repeat(128)
    const right: [object, string][] = [
      [all, 'a-1'],
      [{ ...all, 'x-request-id': 'not well formed' }, 'b-2'],
      [{ traceparent: all.traceparent }, TRACE],
      [{ traceparent: `cc-${TRACE}-${PARENT}-01-later` }, TRACE],
      [{ 'x-request-id': 'AZaz09._:+/=@-' }, 'AZaz09._:+/=@-'],
      [{ 'x-request-id': longest }, longest],
    ]
    expect(
      await ids(
        { trustHeader: true },
        right.map(([headers]) => headers),
      ),
    ).toEqual(right.map(([, id]) => id))
  })

  it('is made here where the header is not well-formed', async () => {
    const wrong = [
      ...['', ' ', 'a b', 'a,b', '<script>', 'a|b', '"a"', 'é', 'x'.repeat(129)].map((id) => ({
        'x-request-id': id,
      })),
      { 'x-request-id': ['a', 'b'] },
      ...[
        `00-${'0'.repeat(32)}-${PARENT}-01`,
        `00-${TRACE}-${'0'.repeat(16)}-01`,
        `ff-${TRACE}-${PARENT}-01`,
        `00-${TRACE}-${PARENT}-01-later`,
        `00-${TRACE.toUpperCase()}-${PARENT}-01`,
        TRACE,
      ].map((traceparent) => ({ traceparent })),
    ]
    const found = await ids({ trustHeader: true }, wrong)
    expect(found.filter((id) => !UUID.test(id))).toEqual([])
    expect(new Set(found).size).toBe(wrong.length)
  })

  it('is that of the one header that the configuration names', async () => {
    const headers = [{ 'x-request-id': 'no', 'cf-ray': 'ray-1' }, { 'x-request-id': 'no' }]
    const [first, second] = await ids({ trustHeader: true, header: 'CF-Ray' }, headers)
    expect([first, UUID.test(String(second))]).toEqual(['ray-1', true])
    const parent = [{ 'x-request-id': 'no', traceparent: `00-${TRACE}-${PARENT}-00` }]
    expect(await ids({ trustHeader: true, header: 'traceparent' }, parent)).toEqual([TRACE])
  })
})

const ROUTES = {
  express: ['/shop/orders/:id', '/shop/broken/1'],
  koa: ['/shop/orders/:id', '/shop/broken/:id'],
  fastify: ['/shop/orders/:id', '/shop/broken/:id'],
  hapi: ['/shop/orders/{id}', '/shop/broken/{id}'],
  nest: ['/shop/orders/:id', '/shop/broken/:id'],
}
const frameworks = Object.entries(ROUTES).flatMap(([name, routes]) =>
  BACK_ENDS.map((hooks) => ({ name, routes, hooks })),
)

describe.each(frameworks)('$name ($hooks)', ({ name, routes: [orders, broken], hooks }) => {
  it('each line of a request carries its id, user and route; the client is told; one access record', async () => {
    const http = { echo: 'X-Interaction', access: true }
    const { lines, told } = await run(http, ['frameworks/run.cjs', name], { UNIFY_LOGS_HOOKS: hooks })
    expect(JSON.stringify(lines)).not.toMatch(/secret|of the client/)
    expect(new Set(Object.values(told).map((each) => (each as string[])[1])).size).toBe(102)

    const of = (n: string) => lines.filter(({ interactionId }) => interactionId === told[n][1])
    for (let n = 0; n < 100; n++) {
      expect(told[n][0]).toBe(true)
      const found = of(String(n))
      const [arrived, ...later] = found.map((line) => [...whose(line), line.method, line.route])
      const id = told[n][1]
      expect(arrived).toEqual([`${n} arrived`, id, undefined, 'POST', `/shop/orders/${n}`])
      const steps = later.filter(([msg]) => msg !== `${n} request closed`)
      expect(steps).toEqual(
        [`${n} handled`, `${n} finished`, `${n} closed`, `POST /shop/orders/${n}`].map((msg) => [
          msg,
          id,
          `user ${n}`,
          'POST',
          orders,
        ]),
      )
      for (const [, , user] of later) expect(user).toBe(`user ${n}`)
      expect(found.filter(({ source }) => source === 'http')).toMatchObject([
        { level: 30, data: { status: name === 'nest' ? 201 : 200, duration: expect.any(Number) } },
      ])
    }

    const seen = (path: string) =>
      of(path).map(({ msg, level, route, data }) => [msg, level, route, data?.status])
    expect(seen('/shop/broken/1')).toEqual([
      ['/shop/broken/1 arrived', 30, '/shop/broken/1', undefined],
      ['error: broken', 30, broken, undefined],
      ['GET /shop/broken/1', 50, broken, 500],
    ])
    expect(seen('/nowhere/1')).toEqual([
      ['/nowhere/1 arrived', 30, '/nowhere/1', undefined],
      ['GET /nowhere/1', 40, '/nowhere/1', 404],
    ])
  })
})

describe('the route', () => {
  const express = (baseUrl: string, path: unknown, url: string) => routeOf({ baseUrl, route: { path } }, url)

  it('is the path without the query where no framework tells another one', () => {
    expect(
      ['/a/b?token=x', '/a#b?c', '/?', '', undefined, 'http://user:secret@host/a?b', '*', 'host:443'].map(
        pathOf,
      ),
    ).toEqual(['/a/b', '/a', '/', '/', '/', '/a', '*', 'host:443'])
    expect(pathOf(`/${'x'.repeat(1_000)}`)).toHaveLength(256)
    expect([routeOf(undefined, '/a'), routeOf({}, '/a'), routeOf({ route: {} }, '/a')]).toEqual([
      '/a',
      '/a',
      '/a',
    ])
  })

  it('of Express stands behind its mount, and only there', () => {
    expect(express('/shop/7', '/orders/:id', '/shop/7/orders/1')).toBe('/shop/7/orders/:id')
    expect(express('/shop', '/', '/shop')).toBe('/shop')
    expect(express('', '/:id', '/shop/1')).toBe('/shop/1')
    expect(express('', '/files{/*path}', '/files/a/b')).toBe('/files{/*path}')
    expect(express('', /^\/a.*/, '/abc')).toBe('/^\\/a.*/')
    expect(express('', ['/a', '/b/:c'], '/a')).toBe('/a,/b/:c')
  })

  it('is the path where it cannot be read', () => {
    const req = {
      get route(): never {
        throw new Error('no')
      },
    }
    expect(routeOf(req, '/a')).toBe('/a')
  })
})

describe('fields', () => {
  it.each([
    [['method', 'route'], { method: 'GET', route: '/' }],
    [['route'], { method: undefined, route: '/' }],
    [['method'], { method: 'GET', route: undefined }],
    [[], { method: undefined, route: undefined }],
  ] as const)('%j', async (fields, expected) => {
    const { lines } = await run({ trustHeader: true, fields }, ['raw.cjs', 'invisible'])
    for (const { method, route } of lines) expect({ method, route }).toEqual(expected)
  })
})

it('fields may be kept to some modules', async () => {
  const file = join(dir, 'modules.json')
  const modules = { ACCESS: { match: ['http'], fields: ['method', 'route'] } }
  writeFileSync(file, JSON.stringify({ http: { access: true }, modules }))
  const after = await unified([join(HTTP, 'raw.cjs'), 'aborted'], { UNIFY_LOGS_CONFIG: file })
  const found = records(after).map(({ module, method, route }) => [module, method, route].join())
  expect(found.sort()).toEqual(['ACCESS,POST,/', 'APP,,', 'APP,,', 'APP,,', 'APP,,'])
})

describe('an opened interaction', () => {
  const context = new Context()
  const get = () => context.get()

  it('has fields that are known later, below all others', () => {
    let route = '/early'
    const interaction = context.open({ interactionId: 'a' }, () => ({ route, interactionId: 'never' }))
    const during = () => {
      expect(get()).toEqual({ interactionId: 'a', route: '/early' })
      route = '/late'
      expect(context.run({ step: 1 }, get)).toEqual({ interactionId: 'a', route: '/late', step: 1 })
      expect(Object.isFrozen(get())).toBe(true)
      context.bind({ route: 'own' })
      return get()
    }
    expect(interaction.apply(during, undefined, [])).toEqual({ interactionId: 'a', route: 'own' })
  })

  it('takes nothing of the run around, and leaves a run inside as it is', () => {
    const interaction = context.open({ interactionId: 'a' })
    const inside = () => context.run({ step: 1 }, () => interaction.apply(get, undefined, []))
    expect(context.run({ userId: 1 }, () => interaction.apply(get, undefined, []))).toEqual({
      interactionId: 'a',
    })
    expect(interaction.apply(inside, undefined, [])).toEqual({ interactionId: 'a', step: 1 })
    expect(get()).toEqual({})
  })

  it('is remembered by the error that leaves it, also twice', () => {
    const error = new Error('e')
    const interaction = context.open({ interactionId: 'a' })
    const fail = () => {
      throw error
    }
    for (let time = 0; time < 2; time++) {
      expect(() => interaction.apply(fail, undefined, [])).toThrow(error)
      expect(context.fieldsFor(error, get())).toEqual({ interactionId: 'a' })
    }
  })
})

describe('the access record', () => {
  it('of each kind of server: one a request, in its interaction', async () => {
    const { lines, told } = await run({ access: true, echo: 'x-echo' }, ['servers.cjs'])
    const access = lines.filter(({ source }) => source === 'http')
    expect(access.map(({ interactionId }) => interactionId).sort()).toEqual(Object.values(told).sort())
    for (const { level, msg, userId, data } of access) {
      expect([level, msg, data]).toEqual([
        30,
        expect.stringMatching(/^POST \/path\/\d+$/),
        { status: userId.startsWith('http2 streams') ? 202 : 200, duration: expect.any(Number) },
      ])
      expect(data.duration).toBeGreaterThan(0)
    }
  })

  it('of a request that the client gave up, of a WebSocket, and of one answered late', async () => {
    const access = async (name: string) => {
      const { lines } = await run({ trustHeader: true, access: true }, ['raw.cjs', name])
      return lines
        .filter(({ source }) => source === 'http')
        .map(({ interactionId, userId, msg, data }) => [interactionId, userId, msg, data])
    }
    const duration = expect.any(Number)
    expect(await access('aborted')).toEqual([['a1', 'a1', 'POST /', { duration, aborted: true }]])
    expect(await access('aborted http2')).toEqual([['h1', 'h1', 'POST /', { duration, aborted: true }]])
    expect((await access('websocket')).sort()).toEqual(
      ['w1', 'w2', 'w3'].map((n) => [n, n, 'GET /chat', { duration }]),
    )
    expect(await access('pipelining')).toEqual(
      [1, 2, 3, 4].map((n) => [`p${n}`, `p${n}`, `GET /${n}`, { status: 200, duration }]),
    )
  })

  it('obeys `levels` and opting out', async () => {
    const file = join(dir, 'levels.json')
    for (const rule of [{ levels: { http: 'error' } }, { optOut: ['http'] }]) {
      writeFileSync(file, JSON.stringify({ http: { access: true }, ...rule }))
      const after = await unified([join(HTTP, 'raw.cjs'), 'aborted'], { UNIFY_LOGS_CONFIG: file })
      expect([after.stderr, records(after).filter(({ source }) => source === 'http')]).toEqual(['', []])
    }
  })
})

describe('calls to other services', () => {
  const LISTED = [
    'http.request',
    'http.get',
    'kept connection',
    'fetch',
    'fetch of a URL',
    'fetch of a Request',
    'a redirect to a stranger',
  ]
  const OWN = ['its own header', 'fetch with its own header']
  const STRANGERS = [
    'http.get of a stranger',
    'fetch of a stranger',
    'headers as a list',
    'an id that is no header',
  ]
  const FAILING = ['fetch that fails', 'a fetch that cannot be']
  const asked = { 'http.request': 'POST', 'fetch of a URL': 'POST', 'fetch of a Request': 'PUT' }
  const headers = ['http.get', 'headers as a list', 'fetch of a URL', 'fetch of a Request']

  it.each([[['127.0.0.1']], [['*.0.*', 'api.internal']], [[]]])('told to %j', async (propagate) => {
    const { told } = await run({ propagate }, ['outgoing.cjs'])
    for (const place of ['a', 'b', 'outside']) {
      for (const name of [...LISTED, ...OWN, ...STRANGERS]) {
        const [id, [sent, method, own]] = told[`${place} ${name}`]
        expect(UUID.test(id)).toBe(place !== 'outside')
        const expected = OWN.includes(name)
          ? 'mine'
          : LISTED.includes(name) && propagate.length > 0
            ? id
            : null
        const request = [name, asked[name as 'http.request'] ?? 'GET', headers.includes(name) ? 'yes' : null]
        expect([sent, name, method, own]).toEqual([expected, ...request])
      }
      for (const name of FAILING) expect(told[`${place} ${name}`][1]).toBe('TypeError')
    }
    expect(told.shape).toEqual([true, 'fetch', 1])
  })

  it('by the header that the configuration names', async () => {
    const { told } = await run({ propagate: ['127.0.0.1'], header: 'own' }, ['outgoing.cjs'])
    const [id, [, , sent]] = told['a fetch']
    expect(sent).toBe(id)
  })
})

describe('beside an agent that wraps the servers of http', () => {
  const agent = ['--require', join(HTTP, 'agent.cjs')]
  const unify = ['--require', REGISTER]

  it.each([
    ['before', [...agent, ...unify]],
    ['behind', [...unify, ...agent]],
  ])('preloaded %s', async (_order, preloads) => {
    const env = { UNIFY_LOGS_FORMAT: 'json', UNIFY_LOGS_HTTP: 'true' }
    const after = await node([...preloads, join(HTTP, 'servers.cjs')], env)
    const told = JSON.parse(after.observed)
    const lines = records(after)
    const agents = lines.filter(({ msg }) => msg.startsWith('agent saw'))
    expect([after.stderr, agents.length]).toEqual(['', 160])
    const others = lines.filter((line) => !agents.includes(line))
    expect(
      others.filter(({ msg, interactionId }) => told[msg.replace(/ (read )?\w+$/, '')] !== interactionId),
    ).toEqual([])
    expect(others).toHaveLength(1_360)
  })
})

describe('the host', () => {
  it('finds its methods, listeners and headers as they were', async () => {
    const { lines } = await run({ trustHeader: true }, ['raw.cjs', 'invisible'])
    expect(lines.map(({ msg, interactionId }) => [msg, interactionId])).toEqual(
      [
        ...Array.from({ length: 3 }, () => 'v1 emit 1 false'),
        'v1 false true',
        'v1 0 finish',
        'v1 0 true',
        'v1 their own finish',
        'v1 finish',
      ].map((msg) => [msg, 'v1']),
    )
  })

  it('is told the id in a header, unless the program sets that one itself', async () => {
    const { lines } = await run({ trustHeader: true, echo: 'x-echo' }, ['raw.cjs', 'echo'])
    expect(lines.map(({ msg }) => msg)).toEqual(['/ told', '/own own', '/head told'])
  })

  it('may call its handlers without a server, which is no interaction', async () => {
    const { lines } = await run(true, ['raw.cjs', 'injected'])
    expect(lines.map(whose)).toEqual([['injected ', undefined, undefined]])
  })

  it('may have servers of another protocol', async () => {
    const { lines } = await run({ access: true, echo: 'x-id' }, ['raw.cjs', 'foreign'])
    expect(lines.map(whose)).toEqual(
      ['none object', 'none undefined', 'none stream'].map((msg) => [msg, undefined, undefined]),
    )
  })

  const CASES = [
    'pipelining',
    'aborted',
    'aborted http2',
    'compressed websocket',
    'expect and connect',
    'invisible',
  ]
  it.each(CASES)('prints what it prints without it: %s', async (name) => {
    const lines = (run: Run) => run.stdout.split('\n').sort()
    const before = await node([join(HTTP, 'raw.cjs'), name])
    const { lines: after } = await run({ access: false }, ['raw.cjs', name])
    expect(
      after
        .map(({ msg }) => msg)
        .concat('')
        .sort(),
    ).toEqual(lines(before))
  })

  it.each(['false', 'true'])(
    'nothing is loaded or changed without it, and the variable says so: %s',
    async (http) => {
      const program = `const { Server } = require('node:net')
      const ours = Object.keys(require.cache).filter((file) => /dist.http/.test(file)).length > 0
      console.log(ours, Object.hasOwn(Server.prototype, 'emit'))`
      writeFileSync(join(dir, 'loaded.cjs'), program)
      const after = await unified([join(dir, 'loaded.cjs')], { UNIFY_LOGS_HTTP: http })
      expect([after.stderr, records(after).map(({ msg }) => msg)]).toEqual(['', [`${http} ${http}`]])
    },
  )
})
