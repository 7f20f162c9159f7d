import { LEVELS, type Level } from '../core/levels'
import { firstError, message } from '../core/message'
import type { Patcher, Target } from '../core/patcher'
import { listen } from '../core/undo'

const { error, warn, info, debug, trace } = LEVELS

export const procLog: Patcher = {
  package: 'proc-log',
  versions: '>=3.0.0 <8',
  docs: {
    takes: 'its `log` events, which natively print nothing',
    limits: ['A program that prints these events itself prints them as well.'],
  },
  levels: { error, warn, notice: info, info, http: info, timing: debug, verbose: debug, silly: trace },
  files: { 'lib/index.js': patch },
}

let isListening = false

/** Its calls are events of the process, which every copy emits: one listener hears them all. */
function patch(_exports: object, { outlet }: Target): void {
  if (isListening || outlet.native) return
  isListening = true
  listen('log', (name: string, ...values: unknown[]) => {
    // `pause` and `resume` steer whoever prints.
    const level: Level | undefined = procLog.levels[name]
    if (level === undefined || !outlet.enabled(level)) return
    outlet.write({ level, msg: message(values), err: firstError(values) })
  })
}
