import { extname } from 'node:path'
import { types } from 'node:util'
import { loadConfig } from './config'
import { configFile, projectRoot } from './config-file'
import { complain } from './guard'
import { settleAll } from './limits'
import type { Core } from './outlet'
import { compilePolicy, onlySource, type Policy } from './policy'
import type { Config } from './settings'

/** What is printed, where that changes while the process runs. */
export interface Thresholds {
  /** Puts others in the place of the configuration's `levels`; what is wrong in them is said on stderr and left out. */
  set(levels: unknown): void
  /** Reads `level` and `levels` again, as they were read at the start. */
  reload(): void
  /** Leaves every logger to itself: only `getLogger` still makes records. */
  release(): void
}

/** @param loggers names of the built-in patchers */
export function thresholds(core: Core, config: Config, loggers: readonly string[]): Thresholds {
  let isReleased = false
  const rule = (policy: Policy): void => {
    core.policy = isReleased ? onlySource('app', policy) : policy
    core.followers.update()
  }
  const change = (levels: Pick<Config, 'level' | 'levels'>): void =>
    rule(compilePolicy({ ...config, ...levels }))
  return {
    set(given) {
      const { checkedLevels } = require('./given') as typeof import('./given')
      const levels = checkedLevels(given, config, loggers)
      if (levels !== undefined) change({ level: config.level, levels })
    },
    reload() {
      forgetConfigFile()
      const { level, levels } = loadConfig(loggers)
      change({ level, levels })
    },
    release() {
      settleAll()
      core.sink.flush()
      isReleased = true
      // Gives the libraries the program's own thresholds, for which our wrappers must still be there.
      rule(core.policy)
    },
  }
}

/** Lets the file be read anew. An ES module cannot be: Node keeps what it has loaded, which is said on stderr. */
function forgetConfigFile(): void {
  const file = configFile(projectRoot())
  if (file === undefined || extname(file) === '.json') return
  if (types.isModuleNamespaceObject(require.cache[file]?.exports))
    complain(`${file}: an ES module is loaded once; .json and .cjs can be read again; its levels stay`)
  else delete require.cache[file]
}
