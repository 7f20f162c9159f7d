// Turned off, nothing else of ours is loaded.
if (process.env.UNIFY_LOGS !== 'off') {
  const { start } = require('./start') as typeof import('./start')
  start(__filename)
}

export {}
