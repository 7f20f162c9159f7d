import { guard } from '../../core/guard'
import { plain } from '../../core/message'
import type { Target } from '../../core/patcher'
import { replaceMethod, wrapMethod } from '../../core/shim'
import { isError } from '../../core/snapshot'
import { isTerminal, passing } from '../../core/terminal'
import { containerIdOf } from './containers'
import { levelOf, type Ranks } from './levels'
import { fieldsOf, lineOf } from './line'
import { atLevels, follow, forcedLevel, governs, type Leveled, printsOn } from './thresholds'

interface Logger {
  readonly levels: Ranks
  readonly transports: Readonly<Record<string, Transport>>
}

interface Transport extends Leveled {
  readonly silent: boolean
  readonly label: string | null
  readonly stderrLevels: Readonly<Record<string, true>>
  emit(event: 'logged'): void
  readonly [option: string]: unknown
}

type Layout = (options: Readonly<Record<string, unknown>>) => string

/** What `Console.prototype.log` hands of itself to the layout. */
const LAYOUT_OPTIONS = [
  ...[
    'colorize',
    'json',
    'stringify',
    'timestamp',
    'showLevel',
    'prettyPrint',
    'raw',
    'label',
    'logstash',
    'depth',
  ],
  ...['formatter', 'align', 'humanReadableUnhandledException'],
]

/** The library's layout, of whichever copy came last: it keeps nothing. */
let layout: Layout
/** The logger whose `log` is running: a transport does not know it. */
let current: Logger | undefined

export function patchCommon(common: { log: Layout }): void {
  layout = common.log
}

export function patchLogger(
  { Logger: { prototype } }: { Logger: { readonly prototype: { readonly log: CallableFunction } } },
  { outlet }: Target,
): void {
  const { log } = prototype
  follow(outlet)
  // A disabled line passes here: the shim around it costs more than what it does.
  replaceMethod(prototype, 'log', function (this: Logger, ...args: [string]): unknown {
    const outer = current
    current = this
    try {
      if (!governs()) return Reflect.apply(log, this, args)
      const levelFor = (transport: Transport) =>
        forcedLevel(transport, outlet.child(namespaceOf(transport, this)), this.levels, args[0])
      const forced = (transport: Transport) =>
        guard('finding a level of winston', () => levelFor(transport), undefined)
      return atLevels(Object.values(this.transports), forced, () => Reflect.apply(log, this, args))
    } finally {
      current = outer
    }
  })
}

/** Rewriters and filters have been at the line; the caller is still on the stack. */
export function patchConsole({ Console }: { Console: CallableFunction }, { outlet }: Target): void {
  wrapMethod(Console.prototype, 'log', (native, transport: Transport, args) => {
    const [name, text, meta, done] = args
    const own = outlet.child(namespaceOf(transport, current))
    const print = () => Reflect.apply(native, transport, args)
    if (own.native || transport.silent) return passing(print)
    if (!isTerminal(streamOf(transport, name))) return print()

    const level = levelOf(name, current?.levels)
    const options = Object.fromEntries(LAYOUT_OPTIONS.map((option) => [option, transport[option]]))
    const take = (): boolean => {
      const output = layout({ ...options, level: name, message: text, meta })
      const raw = isError(meta) ? meta : undefined
      return own.write({ level, ...lineOf(output, () => ({ text, fields: fieldsOf(meta), raw })) })
    }
    if (own.enabled(level) && !guard('reading a line of winston', take, false)) return passing(print)
    transport.emit('logged')
    done(null, true)
  })
  printsOn(Console.prototype.log, streamOf)
}

function namespaceOf({ label }: Transport, logger: object | undefined): string | undefined {
  return label ? plain(String(label)) : containerIdOf(logger)
}

function streamOf({ stderrLevels }: Transport, name: string): unknown {
  return stderrLevels[name] ? process.stderr : process.stdout
}
