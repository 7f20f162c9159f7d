import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { soundPlatform } from '../../src/core/hooks/versions'

const FIXTURES = join(__dirname, '../../fixtures/hooks')
export const PRELOAD = join(__dirname, 'hooks-preload.cjs')

/** The back-ends that this Node can run. */
export const backEnds = soundPlatform() ? (['platform', 'middle'] as const) : (['middle'] as const)

/** A project with the invented packages installed as npm, an npm alias, pnpm and a workspace install them. */
export class Project {
  readonly dir = realpathSync(mkdtempSync(join(tmpdir(), 'hooks-')))

  constructor() {
    cpSync(join(FIXTURES, 'apps'), this.dir, { recursive: true })
    cpSync(join(FIXTURES, 'packages'), join(this.dir, 'node_modules'), { recursive: true })
    this.install('alpha', 'node_modules/needs-old-alpha/node_modules/alpha', '0.9.0')
    this.install('alpha', 'node_modules/renamed', '1.1.0')
    this.link('pnpm', 'node_modules/.pnpm/alpha@1.2.0/node_modules/alpha', '1.2.0')
    this.link('workspace', 'packages/alpha', '1.3.0')
    symlinkSync(join(__dirname, '../../node_modules/debug'), join(this.dir, 'node_modules/debug'))
    symlinkSync(join(__dirname, '../../node_modules/ms'), join(this.dir, 'node_modules/ms'))
  }

  /** A file of the project. */
  write(path: string, text: string): void {
    writeFileSync(join(this.dir, path), text)
  }

  remove(): void {
    rmSync(this.dir, { recursive: true })
  }

  private install(name: string, to: string, version: string): void {
    cpSync(join(FIXTURES, 'packages', name), join(this.dir, to), { recursive: true })
    this.write(`${to}/package.json`, JSON.stringify({ name, version, main: 'index.js' }))
  }

  private link(app: string, to: string, version: string): void {
    cpSync(join(FIXTURES, 'apps'), join(this.dir, app), { recursive: true })
    this.install('alpha', `${app}/${to}`, version)
    const link = join(this.dir, app, 'node_modules/alpha')
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(this.dir, app, to), link)
  }
}

/** What a run of node printed. */
export interface Run {
  readonly out: string
  readonly err: string
  readonly code: number | string | null | undefined
}

/** Runs node in a folder, with nothing of our own environment that would change what it prints. */
export function node(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const { NODE_OPTIONS, NODE_V8_COVERAGE, DEBUG, ...inherited } = process.env
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env: { ...inherited, ...env } }, (error, stdout, stderr) => {
      resolve({ out: stdout.trim(), err: stderr, code: error === null ? 0 : error.code })
    })
  })
}

/** The text of a warning, without what changes from run to run. */
export function withoutPid(text: string): string {
  return text.replaceAll(/\(node:\d+\)/g, '(node)')
}
