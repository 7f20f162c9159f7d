import { asText, errorMessage } from '../../core/message'
import type { Outlet, Target } from '../../core/patcher'
import type { LogCall } from '../../core/record'
import { wrapMethod } from '../../core/shim'
import { isError } from '../../core/snapshot'
import { type Claim, claiming } from '../../core/terminal'
import { jsonLine, levelOf, type Meta, namespaceOf, prettyLine } from './line'

interface Settings extends Pick<Meta, 'name' | 'parentNames'> {
  readonly type: string
  readonly prettyErrorTemplate: string
  readonly overwrite?: Partial<Record<'formatMeta' | 'transportFormatted' | 'transportJSON', unknown>>
}

interface Logger {
  readonly stackDepthLevel: number
  readonly settings: Settings
}

/** What a call to log has told so far. */
interface Call {
  readonly level: Meta
  /** What stands before the message, in a line of text. */
  markup?: string
  /** As they are printed: masked. */
  errors: Error[]
  isPrinted?: true
}

/** Frames of ours between a logger's caller and the place where it looks for it. */
const OUR_FRAMES = 9

let current: Call | undefined

/**
 * Takes over 4.4 to 4.9, whose functions that print are bindings between ES modules: a line that `log` prints through
 * console while it runs is known by what the logger's methods were asked for before.
 */
export function patchFour(
  { BaseLogger: { prototype } }: { readonly BaseLogger: CallableFunction },
  { outlet }: Target,
): void {
  wrapMethod(prototype, 'log', (native, logger: Logger, args) => {
    const outer = current
    const call: Call = { level: { logLevelId: args[0] }, errors: [] }
    current = call
    try {
      return claiming(claimOf(call, logger, outlet), () => Reflect.apply(native, logger, args))
    } finally {
      current = outer
    }
  })

  wrapMethod(prototype, '_toLogObj', (native, self, args) => {
    if (current) current.errors = args[0].filter(isError)
    return Reflect.apply(native, self, args)
  })

  wrapMethod(prototype, '_prettyFormatLogObjMeta', (native, self, args) => {
    const markup = Reflect.apply(native, self, args)
    if (current) current.markup = markup
    return markup
  })

  // It finds the caller by counting frames.
  wrapMethod(prototype, '_addMetaToLogObj', (native, logger: Logger, args) => {
    const deeper = Object.create(logger, { stackDepthLevel: { value: logger.stackDepthLevel + OUR_FRAMES } })
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = limit + OUR_FRAMES
    try {
      return Reflect.apply(native, deeper, args)
    } finally {
      Error.stackTraceLimit = limit
    }
  })
}

/** One line is the call's; what transports print behind it, and what values print before, is their own. */
function claimOf(call: Call, { settings }: Logger, outlet: Outlet): Claim {
  const own = outlet.child(namespaceOf({ ...call.level, ...settings }))
  return {
    outlet: own,
    call(text) {
      const line = call.isPrinted ? undefined : lineOf(text, call, settings)
      if (line) call.isPrinted = true
      return line
    },
  }
}

function lineOf(text: string, { level, markup, errors }: Call, settings: Settings): LogCall | undefined {
  const { formatMeta, transportFormatted, transportJSON } = settings.overwrite ?? {}
  const head = markup ?? (formatMeta ? '' : undefined)
  if (head === undefined) {
    const line = transportJSON || settings.type === 'hidden' ? undefined : jsonLine(text, errors)
    return line && { level: levelOf(line.meta), ...line }
  }
  const line = transportFormatted
    ? undefined
    : prettyLine(text, head, stacksIn(text, errors, settings.prettyErrorTemplate), errors)
  return line && { level: levelOf(level), ...line }
}

/** The part of a line that shows its errors. */
function stacksIn(text: string, [first]: readonly Error[], template: string): string {
  if (!first) return ''
  const [start = ''] = template.split('{{errorMessage}}', 1)
  const at = text.indexOf(
    start.replace('{{errorName}}', () => ` ${asText(first.name)} `) + errorMessage(first),
  )
  return at < 0 ? '' : text.slice(at)
}
