import type { InspectOptions } from 'node:util'
import { filled, firstError, message, plain, printed } from '../../core/message'
import type { Outlet, Target } from '../../core/patcher'
import { type Around, wrapMethod } from '../../core/shim'
import { isTerminal, passing } from '../../core/terminal'
import { callInProgress, type LogObject, levelOf, lineOf, messageOf, type Text, tagOf } from './line'
import { type Instance, isOurs, printsWith, reportersOf } from './thresholds'

/** The basic and the fancy reporter. */
interface Reporter {
  readonly log: CallableFunction
  readonly options?: { readonly formatOptions?: InspectOptions }
  formatArgs(...args: unknown[]): string
  formatLogObj(logObj: LogObject, options: object): string
}

interface Stream {
  readonly fd?: unknown
  readonly __write?: unknown
}

/** The second argument of a reporter: as it is in 2, inside `options` in 3. */
interface Streams {
  readonly stdout?: Stream
  readonly stderr?: Stream
  readonly formatOptions?: InspectOptions
  readonly async?: boolean
}

/** The library's own formatting: what a subclass puts in its place may mask the arguments. */
const builtIn = new WeakSet<CallableFunction>()

/**
 * Takes the prototype of a built-in reporter that writes to the streams.
 *
 * @param reporter an instance, or the prototype; the browser's, which prints through console, is left alone
 */
export function takeReporter(reporter: Reporter, target: Target): void {
  if (typeof reporter.formatLogObj !== 'function') return
  builtIn.add(reporter.formatArgs).add(reporter.formatLogObj)
  let owner: object = reporter
  while (!Object.hasOwn(owner, 'log')) owner = Object.getPrototypeOf(owner)
  wrapMethod(owner, 'log', aroundReporter(target))
  printsWith(reporter.log, (_, streams) => streams.every((stream) => reaches(stream as Stream, target)))
}

/** 3.0.0 writes to the descriptor, whatever became of the stream. wrapStd keeps the stream's function in `__write`. */
function reaches(stream: Stream, { version }: Target): boolean {
  return version === '3.0.0' ? isTerminal({ fd: stream.fd }) : isTerminal(stream, stream.__write)
}

/** Whether each reporter of an instance is a built-in one that formats by itself: nothing of the program's prints then. */
export function arePlain(instance: Instance): boolean {
  return reportersOf(instance).every(
    (reporter) => isOurs(reporter.log) && formatsItself(reporter as Reporter),
  )
}

function formatsItself({ formatArgs, formatLogObj }: Reporter): boolean {
  return builtIn.has(formatArgs) && builtIn.has(formatLogObj)
}

function aroundReporter(target: Target): Around {
  const { outlet } = target
  return (native, reporter: Reporter, args) => {
    const [logObj, context] = args
    const own = outlet.child(tagOf(logObj))
    const print = () => passing(() => Reflect.apply(native, reporter, args))
    if (own.native) return print()
    const streams: Streams = context?.options ?? context ?? {}
    const stream = logObj.level < 2 ? (streams.stderr ?? process.stderr) : (streams.stdout ?? process.stdout)
    const taken = reaches(stream, target) && record(own, logObj, () => textOf(reporter, logObj, streams))
    if (!taken) return print()
    return streams.async ? Promise.resolve() : true
  }
}

/** Takes the reporter of 2 that prints the whole object as JSON. */
export function takeJson(prototype: { readonly log: CallableFunction }, { outlet }: Target): void {
  wrapMethod(prototype, 'log', aroundJson(outlet))
  printsWith(prototype.log, (reporter) => isTerminal((reporter as { stream?: unknown }).stream))
}

function aroundJson(outlet: Outlet): Around {
  return (native, reporter, args) => {
    const [logObj] = args as [LogObject]
    const own = outlet.child(tagOf(logObj))
    const text = (): Text => {
      // What `toJSON` and JSON leave out was not printed.
      const { date, type, level, tag, args: values, ...data } = JSON.parse(JSON.stringify(logObj))
      return { msg: plain(message(values)), data: filled(data) }
    }
    const taken = !own.native && isTerminal(reporter.stream) && record(own, logObj, text)
    return taken ? undefined : passing(() => Reflect.apply(native, reporter, args))
  }
}

/** @returns false where the line is the reporter's to print */
function record(own: Outlet, logObj: LogObject, text: () => Text): boolean {
  if (!own.enabled(levelOf(logObj))) return true
  return own.write(lineOf(own, logObj, callInProgress(), text()))
}

function textOf(reporter: Reporter, logObj: LogObject, streams: Streams): Text {
  const formatOptions = streams.formatOptions ?? reporter.options?.formatOptions
  const text = { msg: messageOf(logObj, formatOptions), err: firstError(logObj.args) }
  if (formatsItself(reporter)) return text
  const line = plain(reporter.formatLogObj(logObj, { columns: 0, width: 0, ...formatOptions }))
  return printed(line, text.msg) ? text : { msg: line }
}
