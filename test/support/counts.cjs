// Counts, from before the preload on, what costs. What Node does inside is not seen here.
const fs = require('node:fs')

const counts = { captures: 0, writes: 0, serialized: 0, parsed: 0 }
const COUNTED = [
  ['captures', Error, 'captureStackTrace'],
  ['writes', fs, 'writeSync'],
  // pino takes it for texts too, from Node 25 on.
  ['serialized', JSON, 'stringify', (value) => typeof value === 'object'],
  ['parsed', JSON, 'parse'],
]
for (const [what, owner, name, isMeant = () => true] of COUNTED) {
  const native = owner[name]
  owner[name] = function (...args) {
    if (isMeant(...args)) counts[what]++
    return Reflect.apply(native, this, args)
  }
}

const TURN = 50
/** Lines of a turn of the event loop, and time enough for those that are written later. */
async function turn(work) {
  for (let i = 0; i < TURN; i++) work(i)
  for (let i = 0; i < 5; i++) await new Promise(setImmediate)
}

/** Tells what `lines` calls of `work` do, when the first calls are over. */
globalThis.tellCounts = async (work, lines) => {
  for (let i = 0; i < 4; i++) await turn(work)
  const before = { ...counts }
  for (let i = 0; i < lines / TURN; i++) await turn(work)
  const after = { ...counts }
  fs.writeSync(
    3,
    JSON.stringify(Object.fromEntries(Object.keys(after).map((what) => [what, after[what] - before[what]]))),
  )
}
