// What is measured: this checkout as it is built, or another commit, built in a worktree of its own.
const { execFileSync } = require('node:child_process')
const { mkdtempSync, rmSync, symlinkSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const ROOT = join(__dirname, '..')
const preloadOf = (root) => join(root, 'dist/register.js')

/** `npm run bench` has built it. */
const checkout = () => ({ name: 'now', preload: preloadOf(ROOT) })

/** A commit, with the packages that are installed here. */
function commit(rev) {
  const root = mkdtempSync(join(tmpdir(), 'bench-build-'))
  const git = (...args) => execFileSync('git', args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] })
  process.on('exit', () => {
    rmSync(root, { recursive: true, force: true })
    git('worktree', 'prune')
  })
  git('worktree', 'add', '--detach', root, rev)
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'))
  execFileSync('npm', ['run', 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  return { name: rev, preload: preloadOf(root) }
}

module.exports = { checkout, commit }
