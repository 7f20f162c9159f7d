import { LEVELS } from '../core/levels'
import { firstError } from '../core/message'
import type { Patcher, Target } from '../core/patcher'
import type { LogCall } from '../core/record'
import { wrapMethod } from '../core/shim'
import { claiming } from '../core/terminal'

const { error, warn, info, debug } = LEVELS

export const firebase: Patcher = {
  package: '@firebase/logger',
  versions: '>=0.4.0 <0.6',
  docs: {
    takes: 'the lines of the default log handler',
    namespace: "the logger's name",
    limits: ["What a log handler of the program's own prints is `console`'s."],
  },
  levels: { debug, log: debug, info, warn, error },
  files: {
    'dist/index.cjs.js': patch,
    'dist/esm/index.esm2017.js': patch,
    'dist/esm/index.esm.js': patch,
  },
}

const TIME = /^\[[^\]]*\] {2}/

interface Logger {
  readonly name: string
}

function patch({ Logger }: { Logger: { prototype: Logger } }, { outlet }: Target): void {
  for (const [name, level] of Object.entries(firebase.levels)) {
    wrapMethod(Logger.prototype, name, (native, self: Logger, args, below) => {
      // What a log handler of the program prints has another shape, and is the handler's own line.
      const call = (output: string): LogCall | undefined => {
        const [time] = TIME.exec(output) ?? []
        const prefix = `${time}${self.name}:`
        if (!output.startsWith(prefix)) return undefined
        return { level, msg: output.slice(prefix.length).replace(/^ /, ''), err: firstError(args), below }
      }
      return claiming({ outlet: outlet.child(self.name), call }, () => Reflect.apply(native, self, args))
    })
  }
}
