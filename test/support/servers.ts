import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

/** A database that runs for one test file, on loopback, with its data in a folder of its own. */
export interface Server {
  readonly port: number
  stop(): Promise<void>
}

interface Database {
  /** Debian's package. */
  readonly from: string
  /** The programs that it needs, the server last. */
  readonly programs: readonly string[]
  /** The user that Debian's package makes for it: these refuse to run as root. */
  readonly user?: string
  /** What the first of its programs does before the server starts. */
  prepare?(folder: string): string[]
  start(folder: string, port: number): string[]
  /** What it prints when it answers. */
  readonly ready: string
}

const DATABASES = {
  postgres: {
    from: 'postgresql',
    programs: ['initdb', 'postgres'],
    user: 'postgres',
    prepare: (folder) => [
      `--pgdata=${folder}`,
      '--auth=trust',
      '--username=postgres',
      '--no-locale',
      '--no-sync',
    ],
    start: (folder, port) => [
      ...['-D', folder, '-p', `${port}`, '-h', '127.0.0.1', '-k', '', '-F'],
      ...['-c', 'shared_buffers=8MB', '-c', 'lc_messages=C'],
    ],
    ready: 'database system is ready to accept connections',
  },
  redis: {
    from: 'redis-server',
    programs: ['redis-server'],
    start: (folder, port) => ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
    ready: 'Ready to accept connections',
  },
  mariadb: {
    from: 'mariadb-server',
    programs: ['mariadbd'],
    user: 'mysql',
    start: (folder, port) => [
      ...['--no-defaults', `--datadir=${folder}`, `--socket=${folder}/socket`, `--pid-file=${folder}/pid`],
      ...[`--port=${port}`, '--bind-address=127.0.0.1', '--skip-grant-tables', '--skip-networking=0'],
      ...['--innodb-buffer-pool-size=8M', '--innodb-log-file-size=4M', '--innodb-use-native-aio=0'],
    ],
    ready: 'ready for connections',
  },
} satisfies Record<string, Database>

/** Installs what is missing, where it may, and starts the servers. */
export async function startServers(...names: (keyof typeof DATABASES)[]): Promise<Server[]> {
  await install(names.map((name) => DATABASES[name]))
  const started = await Promise.allSettled(names.map((name) => startServer(DATABASES[name])))
  const servers = started.flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
  const failed = started.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') {
    await Promise.all(servers.map((server) => server.stop()))
    throw failed.reason
  }
  return servers
}

async function install(databases: readonly Database[]): Promise<void> {
  const absent = databases.filter(({ programs }) => programs.some((program) => find(program) === undefined))
  if (absent.length === 0) return
  const packages = absent.map(({ from }) => from)
  const how = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}`
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    throw new Error(`these tests need a database that is not installed. On Debian, as root: ${how}`)
  }
  // Debian starts the server of a package that it installs, unless this program forbids it.
  const policy = '/usr/sbin/policy-rc.d'
  const own = !existsSync(policy)
  if (own) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await output(spawn('sh', ['-c', how], { env, stdio: ['ignore', 'pipe', 'pipe'] }))
  } finally {
    if (own) rmSync(policy)
  }
}

async function startServer({ programs, user, prepare, start, ready }: Database): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'unify-logs-'))
  const [uid, gid] = process.getuid?.() === 0 && user ? idsOf(user) : []
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid)
  const run = (program: string | undefined, args: string[]) =>
    spawn(find(program ?? '') as string, args, { uid, gid, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })

  if (prepare) await output(run(programs[0], prepare(folder)))
  const port = await freePort()
  const server = run(programs.at(-1), start(folder, port))
  await output(server, ready)
  return {
    port,
    stop: async () => {
      const ended = new Promise((resolve) => server.once('close', resolve))
      // A clean end would write the data that is thrown away here; PostgreSQL's own processes end with it at SIGQUIT.
      server.kill(user === 'postgres' ? 'SIGQUIT' : 'SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Waits for the end of a program or, with `ready`, until it prints that; fails with all that it printed. */
function output(child: ChildProcess, ready?: string): Promise<void> {
  let text = ''
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      text += chunk
      if (ready !== undefined && text.includes(ready)) resolve()
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0 && ready === undefined) resolve()
      else reject(new Error(`${child.spawnfile} ended with ${code}:\n${text}`))
    })
  })
}

/** Debian keeps the programs of PostgreSQL out of the PATH, by version. */
function find(program: string): string | undefined {
  const versions = '/usr/lib/postgresql'
  const folders = existsSync(versions) ? readdirSync(versions).map((each) => join(versions, each, 'bin')) : []
  return onPath(program, [...folders, '/usr/sbin'])
}

function onPath(program: string, more: readonly string[] = []): string | undefined {
  return [...more, ...(process.env.PATH ?? '').split(delimiter)]
    .map((folder) => join(folder, program))
    .find(existsSync)
}

function idsOf(user: string): [number, number] {
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }))
  return [id('-u'), id('-g')]
}

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
