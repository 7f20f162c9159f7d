import { LEVELS } from '../core/levels'
import { firstError, message, printed } from '../core/message'
import type { Patcher, Target } from '../core/patcher'
import type { LogCall } from '../core/record'
import { wrapSlot } from '../core/shim'
import { claiming } from '../core/terminal'

const { error, warn, info, debug } = LEVELS

export const azureLogger: Patcher = {
  package: '@azure/logger',
  versions: '>=1.0.0 <2',
  docs: {
    takes: 'what `AzureLogger.log` prints, where all loggers end',
    namespace: "the logger's name without its level",
  },
  levels: { error, warning: warn, info, verbose: debug },
  // From 1.2 on it holds the code of the loggers.
  frames: ['@typespec/ts-http-runtime'],
  files: { 'dist/index.js': patch, 'dist/commonjs/index.js': patch, 'dist/esm/index.js': patch },
}

/** `azure:storage-blob:info text`. The loggers of a client end in a level, those made by `extend` need not. */
const LINE = /^(?<namespace>azure(?::\S+?)?)(?::(?<level>error|warning|info|verbose))? (?<text>.*)$/s

/** Every logger ends in this slot, which is public: programs put a function of their own there. */
function patch({ AzureLogger }: { AzureLogger: object }, { outlet }: Target): void {
  wrapSlot(AzureLogger, 'log', (native, self, args, below) => {
    const [first, ...rest] = args
    const { namespace, level, text = first } = LINE.exec(String(first))?.groups ?? {}
    const values = [text, ...rest]
    const call = (output: string): LogCall | undefined => {
      const msg = message(values)
      if (!printed(output, msg)) return undefined
      return { level: azureLogger.levels[level ?? ''] ?? debug, msg, err: firstError(values), below }
    }
    return claiming({ outlet: outlet.child(namespace), call }, () => Reflect.apply(native, self, args))
  })
}
