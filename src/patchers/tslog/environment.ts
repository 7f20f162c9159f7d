import { guard } from '../../core/guard'
import type { Outlet, Target } from '../../core/patcher'
import { wrapMethod } from '../../core/shim'
import { isError } from '../../core/snapshot'
import { claiming, isTerminal, passing } from '../../core/terminal'
import { isMeta, jsonLine, levelOf, namespaceOf, prettyLine } from './line'

/**
 * What a logger of 4 and 5 prints with: one object for all. The loggers themselves stay as they are, because they find
 * their caller by counting frames.
 */
interface Environment {
  transportFormatted(markup: string, args: unknown[], errors: string[], ...metaAndSettings: unknown[]): void
  transportJSON(json: object): void
  /** Of 5, which prints lines of JSON in batches. */
  writeJsonLine?(line: string): void
  flushJsonSink?(): unknown
}

/** tslog follows no more causes of an error. */
const MOST_CAUSES = 5
/** Those of the line in progress. */
let errors: Error[] = []

interface Exports {
  readonly BaseLogger: CallableFunction
  /** Of 4. */
  readonly loggerEnvironment?: Environment
}

/** 4.10 and later, and 5. */
export function patchEnvironment({ BaseLogger, loggerEnvironment }: Exports, target: Target): void {
  if (loggerEnvironment) take(loggerEnvironment, target)
  else takeAsGiven(BaseLogger.prototype, target)
}

/** In 5 a logger is given its environment when it is made. */
function takeAsGiven(prototype: object, target: Target): void {
  const taken = new WeakSet<Environment>()
  wrapMethod(prototype, '_shouldCaptureStack', (native, logger, args) => {
    const { runtime } = logger
    if (!taken.has(runtime)) take(runtime, target)
    taken.add(runtime)
    return Reflect.apply(native, logger, args)
  })
}

function take(environment: Environment, { outlet }: Target): void {
  wrapMethod(environment, 'prettyFormatLogObj', (native, self, args) => {
    errors = args[0].filter(isError)
    return Reflect.apply(native, self, args)
  })
  wrapMethod(environment, 'getErrorTrace', (native, self, args) => {
    // A hidden line takes none of them.
    if (isError(args[0])) errors = [...errors.slice(-MOST_CAUSES), args[0]]
    return Reflect.apply(native, self, args)
  })

  wrapMethod(environment, 'transportFormatted', (native, self, args) => {
    const [markup, , stacks] = args as Parameters<Environment['transportFormatted']>
    const meta = args.find(isMeta) ?? { logLevelId: 3 }
    const told = errors
    errors = []
    const call = (text: string) => {
      const line = prettyLine(text, markup, stacks.join('\n'), told)
      return line && { level: levelOf(meta), ...line }
    }
    const own = outlet.child(namespaceOf(meta))
    return claiming({ outlet: own, call }, () => Reflect.apply(native, self, args))
  })

  wrapMethod(environment, 'transportJSON', (native, self, args) => {
    const told = errors
    errors = []
    const meta = Object.values(args[0]).find(isMeta)
    const call = (text: string) => {
      const line = jsonLine(text, told)
      return line && { level: levelOf(line.meta), ...line }
    }
    const own = outlet.child(meta && namespaceOf(meta))
    return claiming({ outlet: own, call }, () => Reflect.apply(native, self, args))
  })

  if (environment.writeJsonLine) takeBatches(environment, outlet)
}

function takeBatches(environment: Environment, outlet: Outlet): void {
  wrapMethod(environment, 'writeJsonLine', (native, self, args) => {
    const told = errors
    errors = []
    if (isTerminal(process.stdout)) {
      const record = () => {
        const line = jsonLine(args[0], told)
        return (
          line !== undefined &&
          outlet.child(namespaceOf(line.meta)).write({ level: levelOf(line.meta), ...line })
        )
      }
      if (guard('reading a line of tslog', record, false)) return
    }
    // In the turn of the library's own flush, and before it.
    queueMicrotask(() => passing(() => environment.flushJsonSink?.()))
    return passing(() => Reflect.apply(native, self, args))
  })
}
