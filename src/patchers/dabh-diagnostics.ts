import { LEVELS } from '../core/levels'
import { firstError, message, printed } from '../core/message'
import type { Patcher, Target } from '../core/patcher'
import type { LogCall } from '../core/record'
import { wrapMethod, wrapped } from '../core/shim'
import { claiming } from '../core/terminal'

export const diagnostics: Patcher = {
  package: '@dabh/diagnostics',
  versions: '>=2.0.0 <3',
  docs: {
    takes: 'the function of each enabled namespace',
    namespace: 'the namespace',
  },
  levels: { debug: LEVELS.debug },
  files: { 'node/development.js': patch, 'node/production.js': patch },
}

/** Makes the function of each namespace that is enabled. What it prints, and where, `set` and `modify` decide. */
function patch(create: object, { outlet }: Target): void {
  wrapMethod(create, 'yep', (native, self, args) => {
    const [{ namespace }] = args as [{ namespace: string }]
    const own = outlet.child(namespace)
    return wrapped(Reflect.apply(native, self, args), (print, receiver, values, below) => {
      const prefix = `${namespace}: `
      const call = (output: string): LogCall | undefined => {
        const msg = message(values)
        if (!printed(output, msg) && !output.startsWith(prefix)) return undefined
        const text = printed(output, msg) ? msg : output.slice(prefix.length)
        return { level: LEVELS.debug, msg: text, err: firstError(values), below }
      }
      return claiming({ outlet: own, call }, () => Reflect.apply(print, receiver, values))
    })
  })
}
