// Turned off, nothing else of ours is loaded.
if (process.env.UNIFY_LOGS !== 'off') {
  try {
    const { start } = require('./start') as typeof import('./start')
    start(__filename)
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
