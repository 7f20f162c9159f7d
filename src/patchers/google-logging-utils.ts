import { LEVELS } from '../core/levels'
import { firstError, isFields, message, only, printed } from '../core/message'
import type { Patcher, Target } from '../core/patcher'
import type { Fields, LogCall } from '../core/record'
import { wrapMethod } from '../core/shim'
import { snapshot } from '../core/snapshot'
import { claiming } from '../core/terminal'

const { debug, info, warn, error } = LEVELS

export const google: Patcher = {
  package: 'google-logging-utils',
  versions: '>=0.0.2 <3',
  docs: {
    takes: 'every backend on its base class',
    namespace: 'the namespace',
  },
  levels: { DEFAULT: info, DEBUG: debug, INFO: info, WARNING: warn, ERROR: error },
  files: { 'build/src/logging-utils.js': patch },
}

/**
 * While we show the values of a line, which the library shows as well: what they log meanwhile is logged already. A value
 * that logs itself would make each step twice as many, and the library catches the end of the stack and goes on.
 */
let isReading = false

function textOf(values: readonly unknown[]): string {
  isReading = true
  try {
    return message(values)
  } finally {
    isReading = false
  }
}

/** Every backend of the library ends in console, with a layout of its own or in one JSON object. */
function patch(
  { DebugLogBackendBase }: { DebugLogBackendBase: { prototype: object } },
  target: Target,
): void {
  wrapMethod(DebugLogBackendBase.prototype, 'log', (native, self, args, below) => {
    if (isReading) return undefined
    const [namespace, given, ...values] = args as [string, unknown]
    let msg: string | undefined
    const call = (output: string): LogCall | undefined => {
      msg ??= textOf(values)
      if (!printed(output, msg)) return undefined
      const taken = snapshot(given)
      const { severity, ...fields } = isFields(taken) ? taken : ({} as Fields)
      const level = google.levels[String(severity ?? 'DEFAULT')] ?? info
      return { level, msg, data: shown(output, fields), err: firstError(values), below }
    }
    return claiming({ outlet: target.outlet.child(namespace), call }, () => Reflect.apply(native, self, args))
  })
}

/** The fields that a backend printed, each as JSON. */
function shown(output: string, fields: Fields): Fields | undefined {
  return only(fields, (value, key) => printed(output, JSON.stringify({ [key]: value }).slice(1, -1)))
}
