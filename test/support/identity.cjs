// Stands before our preload, and says on stderr at the end of a process or thread where a record is neither written nor
// dropped nor waiting: `test/support/run.ts` fails then. On descriptor 4, where that is open, it says that it has looked.
const { writeSync } = require('node:fs')

// The program, its children and threads shall not see it.
const at = process.execArgv.indexOf(__filename)
if (at > 0) process.execArgv.splice(at - 1, 2)

process.on('exit', () => {
  const runtime = globalThis[Symbol.for('unify-logs')]
  if (runtime === undefined) return looked('nothing of ours')
  const { accepted, written, dropped, pending } = runtime.stats()
  const lost = Object.values(dropped).reduce((sum, n) => sum + n, 0)
  if (accepted !== written + lost + pending)
    writeSync(2, `IDENTITY ${JSON.stringify({ accepted, written, dropped, pending })}\n`)
  looked(accepted)
})

function looked(at) {
  try {
    writeSync(4, `${at}\n`)
  } catch {
    // Nobody asks.
  }
}
