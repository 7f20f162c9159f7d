import { LEVELS, type Level } from '../core/levels'
import { firstError, message, printed } from '../core/message'
import type { Outlet, Patcher, Target } from '../core/patcher'
import type { LogCall } from '../core/record'
import { wrapMethod } from '../core/shim'
import { collecting, passing } from '../core/terminal'

const { error, warn, info, debug, trace } = LEVELS

export const webpack: Patcher = {
  package: 'webpack',
  versions: '>=5.0.0 <6',
  docs: {
    takes: 'infrastructure logging, and `webpack/lib/logging/runtime`',
    namespace: "the logger's name",
    limits: [
      'Status lines stay native on a TTY: they are drawn over again.',
      'What `compilation.getLogger` collects is in the stats, which somebody else prints.',
    ],
  },
  levels: {
    ...{ error, warn, info, status: info, log: debug, group: debug, groupCollapsed: debug, time: debug },
    ...{ debug, trace },
  },
  sdk: true,
  files: {
    'lib/logging/Logger.js': patchMethods,
    'lib/logging/runtime.js': patchRuntime,
    'lib/node/NodeEnvironmentPlugin.js': patchPlugin,
  },
}

/** The methods of a logger that may print; each calls the print function with its type. */
const METHODS = [
  'error',
  'warn',
  'info',
  'log',
  'debug',
  'assert',
  'trace',
  'status',
  'group',
  'groupCollapsed',
]
const TIMERS = ['timeLog', 'timeEnd', 'timeAggregateEnd']

/** The method that the program called. */
let called: CallableFunction | undefined

function patchMethods({ Logger }: { Logger: { prototype: object } }): void {
  for (const name of [...METHODS, ...TIMERS]) {
    wrapMethod(Logger.prototype, name, (native, self, args, below) => {
      const outer = called
      called = below
      try {
        return Reflect.apply(native, self, args)
      } finally {
        called = outer
      }
    })
  }
}

/** The loggers of a compiler. */
function patchPlugin(plugin: { prototype: object }, { outlet }: Target): void {
  wrapMethod(plugin.prototype, 'apply', (native, self, args) => {
    const result = Reflect.apply(native, self, args)
    wrapMethod(args[0], 'infrastructureLogger', (print, compiler, [name, type, values]) =>
      line(outlet.child(name), type, values, () => Reflect.apply(print, compiler, [name, type, values])),
    )
    return result
  })
}

/** The loggers of loaders and plugins that have no compiler: each has its print function under a symbol. */
function patchRuntime(runtime: object, { outlet }: Target): void {
  wrapMethod(runtime, 'getLogger', (native, self, args) => {
    const logger = Reflect.apply(native, self, args)
    const [key] = Object.getOwnPropertySymbols(logger)
    wrapMethod(logger, key as symbol, (print, receiver, [type, values]) =>
      line(outlet.child(args[0]), type, values, () => Reflect.apply(print, receiver, [type, values])),
    )
    return logger
  })
}

/** Runs the library's print: thresholds, hooks, and a console or stream of the user's own stay its business. */
function line(own: Outlet, type: string, values: readonly unknown[] = [], print: () => unknown): unknown {
  // A status line on a terminal is drawn over again.
  if (type === 'status' && process.stderr.isTTY) return passing(print)
  const below = called
  const call = (output: string): LogCall => {
    const text = withoutPrefixes(output)
    const raw = message(values)
    const msg = type === 'time' || type === 'trace' || !printed(text, raw) ? text : raw
    return { level: webpack.levels[type] as Level, msg, err: firstError(values), below }
  }
  return collecting({ outlet: own, call }, print)
}

/** `<i> [name] text` in its group, each line of it. */
function withoutPrefixes(output: string): string {
  return output.replace(/^ *(?:<[a-z+-]> | {4})/gm, '').replace(/^\[[^\]]*\] /, '')
}
