import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { guard } from '../guard'

/**
 * Lets the heap of this thread grow to twenty times its size before V8 wants to collect its garbage.
 *
 * Whenever a thread of Node 20 is idle, it waits for V8's background compiler, which may wait for the same thread to
 * collect garbage: both wait for ever, and with the loader thread each `import` of the application
 * (https://github.com/nodejs/node/issues/54918). V8 sets the limit when it has collected, so it is made to; the flags
 * hold for that moment, in which the application's thread waits for this one.
 */
export function makeRoom(): void {
  guard('making room for the loader thread', collectGarbage, undefined)
}

function collectGarbage(): void {
  const collect = globalThis.gc ?? exposedCollector()
  setFlagsFromString('--heap-growing-percent=2000')
  try {
    collect?.()
  } finally {
    setFlagsFromString('--heap-growing-percent=0')
  }
}

/** A flag is the whole process's: the loader thread of another worker may take it back in between. */
function exposedCollector(tries = 10): (() => void) | undefined {
  setFlagsFromString('--expose-gc')
  try {
    const found = runInNewContext('globalThis.gc')
    if (found !== undefined || tries === 0) return found
  } finally {
    setFlagsFromString('--no-expose-gc')
  }
  return exposedCollector(tries - 1)
}
