import type { Target } from '../../core/patcher'
import type { LogCall } from '../../core/record'
import { wrapMethod, wrapped } from '../../core/shim'
import { claiming, isTerminal, passing } from '../../core/terminal'
import { levelOf } from './levels'
import { claimed, type Event, lineOf, printedLineOf } from './line'
import { willPrint } from './origin'
import { stampOf } from './stamps'
import { isPrinter } from './thresholds'

type Layout = (event: Event, ...more: unknown[]) => unknown

interface Layouts {
  layout(type: string, config: unknown): Layout | undefined
  readonly basicLayout: Layout
  readonly colouredLayout: Layout
  readonly messagePassThroughLayout: Layout
}

interface Appenders {
  configure(config: unknown, layouts: Layouts, ...more: unknown[]): (event: Event) => void
}

/** What is known of an appender's layout. */
interface Watch {
  /** The layouts to configure the appender with. */
  readonly layouts: Layouts
  /** True where the layout shows all of the message, and nothing of the program's own. */
  isPlain: boolean
  /** The event that the layout is done with: what is printed now is the appender's, no more the layout's. */
  laid: Event | undefined
}

/** @param target gives what the appender prints on: a stream, or `console` */
export function takeOver(target: () => unknown): (appenders: Appenders, target: Target) => void {
  return (appenders, { outlet }) => {
    wrapMethod(appenders, 'configure', (configure, self, [config, layouts, ...more]) => {
      willPrint()
      const watch = watched(layouts)
      const appender = Reflect.apply(configure, self, [config, watch.layouts, ...more])
      const taken = wrapped(appender, (native, receiver, args) => {
        const [event] = args as [Event]
        const own = outlet.child(event.categoryName)
        const print = () => Reflect.apply(native, receiver, args)
        if (own.native) return passing(print)

        const stream = target()
        const stamp = stampOf(event)
        const isOurs = stream === console || isTerminal(stream)
        if (stream !== console && isOurs) {
          if (!own.enabled(levelOf(event.level))) return undefined
          if (watch.isPlain) return own.write(lineOf(event, stamp)) ? undefined : passing(print)
        }
        watch.laid = undefined
        const call = (text: string): LogCall | undefined => {
          const line = claimed(event, text, { stamp })
          if (line !== undefined || !isOurs) return line
          if (watch.isPlain) return lineOf(event, stamp)
          return watch.laid === event ? printedLineOf(event, text, stamp) : undefined
        }
        return claiming({ outlet: own, call }, print)
      })
      isPrinter(taken, () => target() === console || isTerminal(target()))
      return taken
    })
  }
}

function watched(layouts: Layouts): Watch {
  const { basicLayout, colouredLayout, messagePassThroughLayout } = layouts
  const plain: unknown[] = [basicLayout, colouredLayout, messagePassThroughLayout]
  const layout = (...of: [string, unknown]): Layout | undefined => {
    const made = layouts.layout(...of)
    watch.isPlain = plain.includes(made)
    if (watch.isPlain || typeof made !== 'function') return made
    return (event, ...more) => {
      const output = made(event, ...more)
      watch.laid = event
      return output
    }
  }
  // An appender that is given no layout has the coloured one.
  const watch: Watch = {
    layouts: Object.create(layouts, { layout: { value: layout } }),
    isPlain: true,
    laid: undefined,
  }
  return watch
}
