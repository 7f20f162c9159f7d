/**
 * Commands that speak to who has called them: package managers, compilers, runners of tests. `NODE_OPTIONS` gets them the
 * preload too, and what they print stays as it is. No literal: V8 reads those when it loads the file, whoever needs them.
 */
const COMMANDS = String.raw`[\\/](?:node_modules[\\/](?:npm|pnpm|yarn|corepack|typescript|eslint|prettier|mocha|vitest|ava|jest|jest-cli|jest-worker)[\\/]|corepack[\\/]|\.yarn[\\/]releases[\\/]|yarn(?:-v[\d.]+)?[\\/]bin[\\/])`

/** Flags by which Node prints a result and runs no program. */
const RESULTS = new Set(['-p', '-pe', '--print', '-c', '--check'])

/**
 * Whether the process is one of them, or prints a result and no lines; and it was not its own wish, or with a command that of
 * its flags, to load us.
 */
function isCommand(): boolean {
  if (require.main !== undefined) return false
  if (process.execArgv.some((flag) => RESULTS.has(flag.split('=', 1)[0] as string))) return true
  const [, program] = process.argv
  const { NODE_OPTIONS = '' } = process.env
  if (program === undefined) return false
  if (![__filename, '@x/unify-logs'].some((name) => NODE_OPTIONS.includes(name))) return false
  try {
    return new RegExp(COMMANDS).test(process.getBuiltinModule('node:fs').realpathSync.native(program))
  } catch {
    return false
  }
}

// Turned off, nothing else of ours is loaded.
if (process.env.UNIFY_LOGS !== 'off') {
  try {
    if (isCommand()) (require('./preload') as typeof import('./preload')).pinPreload(__filename)
    else (require('./start') as typeof import('./start')).start(__filename)
  } catch (error) {
    // A file that is missing or torn, half an update: the guard itself may be among them.
    try {
      const { writeSync } = require('node:fs') as typeof import('node:fs')
      writeSync(2, `unify-logs: starting failed: ${String(error).split('\n', 1)[0]}\n`)
    } catch {
      // stderr is closed or full
    }
  }
}

export {}
