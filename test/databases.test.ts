import type { Server as NetServer } from 'node:net'
import { join } from 'node:path'
import timers from 'node:timers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serve } from '../fixtures/databases/mongo-server.cjs'
import { soundPlatform } from '../src/core/hooks/versions'
import { node, REGISTER, ROOT } from './support/run'
import { type Server, startServers } from './support/servers'
import { amiss, mostWrong, nobodys, type Report, somebodys } from './support/users'

const FOLDER = join(ROOT, 'fixtures/databases')
const [first, other] = soundPlatform() ? ['platform', 'middle'] : ['middle', 'middle']
// pg says that many queries on one client are to end, which the fixture does on purpose.
const FLAGS = ['--no-deprecation']

/** By npm name: how the newest version is installed, then the lowest ones and those that were rewritten. */
const LIBRARIES = {
  pg: ['pg', 'pg-8'],
  // What 2.10 sets its time-outs by, Node 24 has no more.
  mysql: ['mysql', ...('enroll' in timers ? ['mysql-2'] : [])],
  mysql2: ['mysql2', 'mysql2-2', 'mysql2-3'],
  postgres: ['postgres', 'postgres-3'],
  redis: ['redis', 'redis-4', 'redis-5'],
  ioredis: ['ioredis', 'ioredis-4', 'ioredis-4-newest', 'ioredis-5'],
  mongodb: ['mongodb', 'mongodb-4', 'mongodb-5', 'mongodb-6'],
}
type Library = keyof typeof LIBRARIES

/** Where another user would be seen with fewer. */
const FEW = 40
/** In ms, for a machine that does much else. */
const PATIENCE = 180_000

let servers: Server[] = []
let mongo: NetServer
const ports = {} as Record<Library, number>

beforeAll(async () => {
  servers = await startServers('postgres', 'redis', 'mariadb')
  mongo = await serve()
  const [postgres = 0, redis = 0, mariadb = 0] = servers.map(({ port }) => port)
  const address = mongo.address()
  const own = typeof address === 'object' && address ? address.port : 0
  Object.assign(ports, {
    pg: postgres,
    postgres,
    mysql: mariadb,
    mysql2: mariadb,
    redis,
    ioredis: redis,
    mongodb: own,
  })
  // The first time it may install them
}, 600_000)

afterAll(async () => {
  mongo?.close()
  await Promise.all(servers.map((server) => server.stop()))
})

async function reports(
  name: Library,
  copies: readonly string[],
  flags: readonly string[] = [],
  hooks = '',
  app = 'app.cjs',
): Promise<[path: string, report: Report][]> {
  const args = [...FLAGS, ...flags, join(FOLDER, app), name, String(ports[name]), ...copies]
  const run = await node(args, hooks ? { UNIFY_LOGS_HOOKS: hooks } : {})
  expect(run.stderr).toBe('')
  const lines = run.stdout.trim().split('\n')
  return lines.map((line) => {
    const { path, ...report } = JSON.parse(line)
    return [path, report]
  })
}

describe.concurrent.each(Object.keys(LIBRARIES) as Library[])('%s', (name) => {
  const [newest = '', ...older] = LIBRARIES[name]
  const few = [newest, ...older].map((path) => `${path}=${FEW}`)

  it(
    'natively runs callbacks or events as another user',
    async () => {
      const [[, report] = []] = await reports(name, few.slice(0, 1))
      expect(report?.results).toBe(FEW)
      expect(report && mostWrong(report)).toBeGreaterThan(0)
    },
    PATIENCE,
  )

  it.each([
    ['200 users at once', first, 'app.cjs', [`${newest}=200`, ...few.slice(1)]],
    ['an ES module', other, 'app.mjs', few.slice(0, 1)],
  ])(
    'nobody is another: %s (%s)',
    async (_, hooks, app, copies) => {
      const all = await reports(name, copies, ['--require', REGISTER], hooks, app)
      expect(all.map(([path, { results }]) => `${path}=${results}`)).toEqual(copies)
      for (const [path, report] of all) {
        expect([path, amiss(report)]).toEqual([path, []])
        expect(somebodys(report).length).toBeGreaterThan(6)
        expect(nobodys(report).length).toBeGreaterThan(2)
      }
    },
    PATIENCE,
  )
})
