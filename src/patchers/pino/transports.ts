import { LEVELS } from '../../core/levels'
import { type PrettyOptions, prettyPrinter } from './pretty'
import { asItIs, isStandard, type Print, type Stream } from './printer'
import { writers } from './streams'

/** One place that a transport's thread writes to. */
interface Target {
  readonly target?: string
  readonly level?: string | number
  readonly options?: PrettyOptions & { readonly destination?: unknown }
}

/** Options of `pino.transport`. */
export interface TransportOptions extends Target {
  readonly targets?: readonly Target[]
  /** Numbers of custom levels. */
  readonly levels?: Readonly<Record<string, number>> | undefined
  readonly dedupe?: boolean
}

/** A target and the levels it gets. */
interface Entry {
  readonly target: Target
  readonly from: number
  /** Undefined where it is not the terminal. */
  readonly print: Print | undefined
}

/**
 * A transport that prints on the terminal from its thread, where no one sees it: its lines are offered here instead,
 * and the thread gets those for its other targets alone.
 *
 * @param make makes pino's own
 */
export function transport(
  options: TransportOptions,
  make: (options: TransportOptions) => Stream,
  version: string,
): Stream {
  const entries = entriesOf(options, version)
  const onTerminal = entries.filter(({ print }) => print)
  const elsewhere = entries.filter(({ print }) => !print)
  if (onTerminal.length === 0) return make(options)

  const only = (some: readonly Entry[]) => ({ ...options, targets: some.map(({ target }) => target) })
  const stream = make(elsewhere.length === 0 ? options : only(elsewhere))
  let terminal: Stream = elsewhere.length === 0 ? stream : undefined

  writers.set(stream, {
    reach: () => (elsewhere.length === 0 ? 'all' : 'some'),
    write(line, { level, own, take }) {
      const getting = receivers(entries, level, options.dedupe)
      const isRaised = own !== undefined && level < own
      if (!isRaised && getting.some(({ print }) => !print)) stream.write(line)
      const printing =
        own === undefined ? getting : onTerminal.filter((e) => getting.includes(e) || e.from > level)
      const printed = printing.flatMap(({ print }) => print?.(line, level) ?? [])
      if (printed.length === 0 || printed.filter((text) => take(line, text)).length > 0) return
      // Made for the first line that is the library's after all.
      terminal ??= make(only(onTerminal))
      terminal.write(line)
    },
  })
  return stream
}

function entriesOf(options: TransportOptions, version: string): Entry[] {
  const { target, targets } = options
  if (targets === undefined) {
    return target === undefined
      ? []
      : [{ target: options, from: Number.NEGATIVE_INFINITY, print: printOf(options) }]
  }
  const levels: Readonly<Record<string, number>> = {
    ...LEVELS,
    silent: Number.POSITIVE_INFINITY,
    ...options.levels,
  }
  // One target alone gets every level from version 9.1 on, and from 10.4 on only if it names none.
  const alone = targets.length === 1 && Number.parseInt(version, 10) > 8
  return targets.map((target) => {
    const level = target.level ?? (alone ? Number.NEGATIVE_INFINITY : 'info')
    return {
      target,
      from: typeof level === 'number' ? level : (levels[level] ?? Number.POSITIVE_INFINITY),
      print: printOf(target),
    }
  })
}

function receivers(entries: readonly Entry[], level: number, dedupe = false): readonly Entry[] {
  const reached = entries.filter(({ from }) => from <= level)
  const highest = Math.max(...reached.map(({ from }) => from))
  return dedupe ? reached.filter(({ from }) => from === highest) : reached
}

function printOf({ target = '', options = {} }: Target): Print | undefined {
  if (!isStandard(options.destination)) return undefined
  if (/^pino\/file$|[\\/]pino[\\/]file\.js$/.test(target)) return asItIs
  if (/^pino-pretty$|[\\/]pino-pretty[\\/]index\.js$/.test(target)) return prettyPrinter(options)
  return undefined
}
