import { LEVELS } from '../core/levels'
import { firstError } from '../core/message'
import type { Patcher, Target } from '../core/patcher'
import type { LogCall } from '../core/record'
import { wrapMethod } from '../core/shim'
import { claiming } from '../core/terminal'

const { error, warn, info, debug } = LEVELS

export const slack: Patcher = {
  package: '@slack/logger',
  versions: '>=3.0.0 <6',
  docs: {
    takes: '`ConsoleLogger`',
    namespace: "the logger's name",
  },
  levels: { error, warn, info, debug },
  files: { 'dist/index.js': patch },
}

interface Logger {
  readonly name: string
}

/** `[INFO]  name text`: what it prints through console, in which nothing is formatted. */
function patch({ ConsoleLogger }: { ConsoleLogger: { prototype: Logger } }, { outlet }: Target): void {
  for (const [name, level] of Object.entries(slack.levels)) {
    wrapMethod(ConsoleLogger.prototype, name, (native, self: Logger, args, below) => {
      const prefix = `[${name.toUpperCase()}]  ${self.name} `
      const call = (output: string): LogCall | undefined =>
        output.startsWith(prefix)
          ? { level, msg: output.slice(prefix.length), err: firstError(args), below }
          : undefined
      const own = outlet.child(self.name || undefined)
      return claiming({ outlet: own, call }, () => Reflect.apply(native, self, args))
    })
  }
}
