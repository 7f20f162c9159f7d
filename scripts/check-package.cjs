// Packs what would be published, and lets publint and attw judge the tarball.
const { spawnSync } = require('node:child_process')
const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { name, version } = require('../package.json')

const folder = mkdtempSync(join(tmpdir(), 'unify-logs-'))
const tarball = join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)

function run(command, ...args) {
  return spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' }).status === 0
}

const clean =
  run('npm', 'pack', '--pack-destination', folder) &&
  run('publint', 'run', tarball, '--strict') &&
  // Every supported Node reads "exports": no resolution without them is to be served.
  run('attw', tarball, '--profile', 'node16', '--no-definitely-typed')

rmSync(folder, { recursive: true })
process.exitCode = clean ? 0 : 1
