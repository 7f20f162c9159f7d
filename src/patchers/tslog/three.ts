import { bare, message } from '../../core/message'
import type { Outlet, Target } from '../../core/patcher'
import type { Fields } from '../../core/record'
import { type Around, wrapMethod } from '../../core/shim'
import { type Claim, collecting, isTerminal, passing } from '../../core/terminal'
import { levelOf, type Text } from './line'

interface Logger {
  readonly settings: {
    readonly stdErr: unknown
    readonly prettyInspectOptions: object
    readonly jsonInspectOptions: object
  }
  _maskAny(text: string): string
  _inspectAndHideSensitive(value: unknown, options: object): string
}

interface LogObject {
  readonly logLevelId: number
  readonly loggerName?: string
  readonly requestId?: string
  readonly argumentsArray: readonly unknown[]
}

/** What 3 makes of an Error. */
interface ErrorObject {
  readonly isError: true
  readonly message: string
  readonly nativeError: Error
}

/**
 * The printing methods of 3: behind its threshold and its search for the caller, which counts frames, before the
 * layout, which writes a line in pieces.
 */
export function patchThree(
  { LoggerWithoutCallSite: { prototype } }: { LoggerWithoutCallSite: { prototype: object } },
  target: Target,
): void {
  wrapMethod(prototype, 'printPrettyLog', aroundPrint(target.outlet, 'prettyInspectOptions'))
  wrapMethod(prototype, '_printJsonLog', aroundPrint(target.outlet, 'jsonInspectOptions'))

  wrapMethod(prototype, 'prettyError', (native, logger: Logger, args) => {
    const [error] = args
    const print = () => Reflect.apply(native, logger, args)
    const { outlet } = target
    if (outlet.native) return passing(print)
    const call: Claim['call'] = (text) => {
      const masked = logger._maskAny(error.message)
      return {
        level: levelOf({ logLevelId: 5 }),
        ...(masked === error.message ? { msg: masked, err: bareError(error) } : { msg: text }),
      }
    }
    return collecting({ outlet, call }, print)
  })
}

function aroundPrint(outlet: Outlet, options: 'prettyInspectOptions' | 'jsonInspectOptions'): Around {
  return (native, logger: Logger, args) => {
    const [stream, logObject] = args as [unknown, LogObject]
    const own = outlet.child(logObject.loggerName)
    const print = () => Reflect.apply(native, logger, args)
    if (!isTerminal(stream)) return print()
    if (own.native) return passing(print)
    const level = levelOf(logObject)
    if (own.enabled(level) && !own.write({ level, ...textOf(logger, logObject, logger.settings[options]) }))
      passing(print)
  }
}

/** The arguments, with what the logger masks masked. */
function textOf(logger: Logger, { argumentsArray, requestId }: LogObject, inspectOptions: object): Text {
  const options = { ...inspectOptions, colors: false }
  const hidden = (value: unknown): string =>
    typeof value === 'object'
      ? logger._inspectAndHideSensitive(value, options)
      : logger._maskAny(message([value], options))
  const told = argumentsArray.find(isErrorObject)
  const words = argumentsArray.filter((argument) => !isErrorObject(argument)).map(hidden)
  const masked = told && logger._maskAny(told.message)
  const data: Fields | undefined = requestId === undefined ? undefined : { requestId }
  return {
    msg: bare(words.join(' ')) || (masked ?? ''),
    data,
    // Of a masked Error only its masked message was printed.
    err: told && masked === told.message ? bareError(told.nativeError) : undefined,
  }
}

/** Without the fields, which are masked where they are printed. */
function bareError(error: Error): Error {
  const { message, stack } = error
  return Object.create(Object.getPrototypeOf(error), { message: { value: message }, stack: { value: stack } })
}

function isErrorObject(value: unknown): value is ErrorObject {
  return typeof value === 'object' && value !== null && (value as ErrorObject).isError === true
}
