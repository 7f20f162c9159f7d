import { LEVELS, type Level } from '../../core/levels'
import { bare, errorOf, isStack } from '../../core/message'
import type { Outlet, Target } from '../../core/patcher'
import { wrapMethod } from '../../core/shim'
import { isError } from '../../core/snapshot'
import { type Claim, claiming, collecting } from '../../core/terminal'
import { type Caller, calledBy, callerInProgress } from './caller'
import { jsonLine, type Layout, levels, textLine } from './line'

interface ConsoleLogger {
  readonly options?: { readonly json?: boolean }
  formatMessage(...args: unknown[]): string
  printAsJson?(...args: unknown[]): void
  printStackTrace(stack: unknown): void
}

interface Exports {
  readonly ConsoleLogger: { readonly prototype: ConsoleLogger }
}

/** One call's messages while they are printed, a line each. */
interface Printing extends Layout {
  /** False while a callback of the program's may run: a lazy message, a `toJSON`. */
  isReady: boolean
}

/** A call whose messages are printed, and whose stack comes next. */
interface Rest extends Caller {
  readonly level: Level
  readonly own: Outlet
  readonly stack: unknown
  /** True where the stack was printed with its message. */
  readonly isPrinted: boolean
}

let printing: Printing | undefined
/** The stack of the call whose messages come next. */
let found: unknown
let rest: Rest | undefined

export function patchConsoleLogger({ ConsoleLogger: { prototype } }: Exports, { outlet }: Target): void {
  for (const name of Object.keys(levels)) {
    // 10.0 has no `fatal`.
    if (!(name in prototype)) continue
    wrapMethod(prototype, name, (native, self, args, below) =>
      calledBy(callerInProgress() ?? { below }, () => Reflect.apply(native, self, args)),
    )
  }
  takeLayout(prototype)
  const { printStackTrace } = prototype

  wrapMethod(prototype, 'getContextAndStackAndMessagesToPrint', (native, self, args) => {
    const parts = Reflect.apply(native, self, args)
    found = parts.stack
    return parts
  })

  wrapMethod(prototype, 'printMessages', (native, logger: ConsoleLogger, args) => {
    const [messages, context, name = 'log'] = args as [readonly unknown[], unknown, string | undefined]
    const caller = callerInProgress()
    const level = levels[name] ?? LEVELS.info
    const own = outlet.child(typeof context === 'string' && !isStack(context) ? bare(context) : undefined)
    const stack = found
    found = undefined
    const isPrinted = isStack(stack) && isOneLine(logger, messages)

    const mine: Printing = { isReady: false }
    const claim: Claim = {
      outlet: own,
      call(text) {
        if (!mine.isReady && !hasOwnLayout(logger)) return undefined
        const line = isJson(logger)
          ? jsonLine(text, messages)
          : textLine(text, mine, messages, isPrinted ? stack : undefined)
        return { level, ...line, ...caller }
      },
    }
    const print = (): void => {
      const outer = printing
      printing = mine
      try {
        // What a lazy message logs has a caller of its own.
        calledBy(undefined, () => Reflect.apply(native, logger, args))
        if (isPrinted) Reflect.apply(printStackTrace, logger, [stack])
      } finally {
        printing = outer
        rest = { level, own, stack, isPrinted, ...caller }
      }
    }
    return isPrinted ? collecting(claim, print) : claiming(claim, print)
  })

  /** A stack behind the one message that it belongs to is part of its record. */
  function isOneLine(logger: ConsoleLogger, messages: readonly unknown[]): boolean {
    if (messages.length !== 1 || typeof messages[0] === 'function' || isJson(logger)) return false
    return logger.printStackTrace === prototype.printStackTrace
  }

  /** 10 has no such mode. */
  function isJson({ options }: ConsoleLogger): boolean {
    return 'printAsJson' in prototype && options?.json === true
  }

  function hasOwnLayout({ formatMessage, printAsJson }: ConsoleLogger): boolean {
    return formatMessage !== prototype.formatMessage || printAsJson !== prototype.printAsJson
  }

  wrapMethod(prototype, 'printStackTrace', (native, logger, args) => {
    const print = () => Reflect.apply(native, logger, args)
    if (rest === undefined) return print()
    const { own, stack, isPrinted, ...call } = rest
    rest = undefined
    if (isPrinted && stack === args[0]) return undefined
    const err = isStack(args[0]) ? errorOf(args[0]) : undefined
    return claiming({ outlet: own, call: (msg) => ({ ...call, msg, err }) }, print)
  })
}

/** Learns what the library's own layout makes of a message. */
function takeLayout(prototype: ConsoleLogger): void {
  wrapMethod(prototype, 'formatMessage', (native, logger, args) => {
    const mine = printing
    if (mine === undefined) return Reflect.apply(native, logger, args)
    Object.assign(mine, { isReady: false, body: undefined, err: undefined, params: args[6] })
    const text = Reflect.apply(native, logger, args)
    mine.isReady = true
    return text
  })
  wrapMethod(prototype, 'stringifyMessage', (native, logger, args) => {
    const body = Reflect.apply(native, logger, args)
    if (printing) printing.body = body
    if (printing && isError(args[0])) printing.err = args[0]
    return body
  })
  // Since 11.
  if (!prototype.printAsJson) return
  wrapMethod(prototype, 'printAsJson', (native, logger, args) => {
    if (printing) printing.isReady = true
    return Reflect.apply(native, logger, args)
  })
}
