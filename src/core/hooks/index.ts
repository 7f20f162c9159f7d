import { hasLoaded } from '../builtins'
import { complain, guard } from '../guard'
import { hookPlatform } from './platform'
import { createTargets, type Later, type OnFile, type Rows, type Targets } from './targets'
import { soundPlatform } from './versions'

export { EVERY_FILE, type Later, type OnFile, type Rows, type TargetFile } from './targets'

/** Which hooks see the modules being loaded; `auto` takes Node's own where they are sound. */
export type HooksChoice = 'auto' | 'platform' | 'middle'

/**
 * From now on `onFile` is asked once for every loaded file of every copy of the packages in `rows`, and at once for
 * those that are loaded already. Never throws.
 *
 * @param choice `'platform'` on a Node whose own hooks are not sound is said on stderr, and `'middle'` is used
 * @param later which of the rows a loader thread may load by itself; it is told the files of the others at once
 * @param beforeThreads called once, before the program gets `node:worker_threads`
 */
export function installHooks(
  choice: HooksChoice,
  rows: Rows,
  onFile: OnFile,
  later: readonly Later[] = [],
  beforeThreads: () => void = () => undefined,
): void {
  const targets = createTargets(rows, onFile)
  const install = () => {
    if (backEnd(choice) === 'platform') {
      hookPlatform(targets, beforeThreads)
    } else {
      // It loads them itself
      beforeThreads()
      const { hookMiddle }: typeof import('./middle') = require('./middle')
      hookMiddle(targets, rows, later)
    }
  }
  guard('hooking the module loader', install, undefined)
  guard('patching what was loaded before', () => sweep(targets), undefined)
}

function backEnd(choice: HooksChoice): 'platform' | 'middle' {
  if (choice === 'middle') return 'middle'
  if (soundPlatform()) return 'platform'
  if (choice === 'platform') {
    complain(
      'hooks "platform" needs Node 22.22.3, 24.11.1, 25.1 or 26 (or a later one of these lines), ' +
        `this is ${process.version}: "middle" is used instead`,
    )
  }
  return 'middle'
}

function sweep(targets: Targets): void {
  for (const [file, module] of Object.entries(require.cache)) {
    // This file may be all that is loaded so far, and nobody's: its package.json need not be read.
    if (!module?.loaded || file === __filename) continue
    const used = targets.required(module.exports, file)
    if (used !== module.exports) module.exports = used
  }
}

/**
 * True in the thread that Node starts for `module.register`. It runs the `--require` preloads once more; hooks
 * installed there end the process without a word.
 */
export function inLoaderThread(): boolean {
  return hasLoaded('internal/modules/esm/worker')
}
