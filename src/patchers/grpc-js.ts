import { LEVELS, type Level } from '../core/levels'
import { asText, firstError, message, printed } from '../core/message'
import type { Patcher, Target } from '../core/patcher'
import type { LogCall } from '../core/record'
import { wrapMethod } from '../core/shim'
import { claiming } from '../core/terminal'

const levels = { DEBUG: LEVELS.debug, INFO: LEVELS.info, ERROR: LEVELS.error }
/** By `LogVerbosity`. */
const BY_NUMBER: readonly Level[] = [levels.DEBUG, levels.INFO, levels.ERROR]

export const grpcJs: Patcher = {
  package: '@grpc/grpc-js',
  versions: '>=1.0.0 <2',
  docs: {
    takes: 'what its logger prints, or that of `setLogger`',
    namespace: 'the tracer',
  },
  levels,
  sdk: true,
  files: { 'build/src/logging.js': patch },
}

/**
 * Every line of the library passes these two, and then the logger of `setLogger`, which is console at first. `trace`
 * calls `log`: it is the outer one, and knows the tracer.
 */
function patch(logging: object, { outlet }: Target): void {
  wrapMethod(logging, 'trace', (native, self, args, below) => {
    const [severity, tracer, value] = args as [number, string, unknown]
    const call = (output: string): LogCall | undefined => {
      const text = asText(value)
      return text !== undefined && printed(output, text)
        ? { level: levelOf(severity), msg: text, below }
        : undefined
    }
    return claiming({ outlet: outlet.child(tracer), call }, () => Reflect.apply(native, self, args))
  })
  wrapMethod(logging, 'log', (native, self, args, below) => {
    const [severity, ...values] = args as [number, ...unknown[]]
    const call = (output: string): LogCall | undefined => {
      const msg = textOf(output, values)
      return msg === undefined ? undefined : { level: levelOf(severity), msg, err: firstError(values), below }
    }
    return claiming({ outlet, call }, () => Reflect.apply(native, self, args))
  })
}

/** The values as printed: of a first one that is no text, an Error for instance, only what `'E ' + value` makes of it. */
function textOf(output: string, values: readonly unknown[]): string | undefined {
  const text = message(values)
  if (printed(output, text)) return text
  const first = asText(values[0])
  return first !== undefined && printed(output, first) ? output.replace(/^[DIE] /, '') : undefined
}

function levelOf(severity: number): Level {
  return BY_NUMBER[severity] ?? levels.ERROR
}
