import { guard } from '../core/guard'
import { LEVELS } from '../core/levels'
import { filled, jsonFields, lineText } from '../core/message'
import type { Outlet, Patcher, Target } from '../core/patcher'
import type { Fields, LogCall } from '../core/record'
import { wrapMethod } from '../core/shim'
import { isTerminal, passing } from '../core/terminal'

/** One that a program gave to `bole.output`. */
interface Stream {
  write(chunk: Uint8Array): unknown
}

const { debug, info, warn, error } = LEVELS

export const bole: Patcher = {
  package: 'bole',
  versions: '>=3.0.0 <7',
  docs: {
    takes: 'outputs on the terminal',
    namespace: "the logger's name",
    limits: ['`err` is made from what bole prints of an Error.'],
  },
  levels: { debug, info, warn, error },
  files: { 'bole.js': patch },
}

/**
 * A logger is a closure over the list of its level's outputs, and all copies share the lists: a stand-in takes the
 * place of the terminal there. A stream that is not the terminal's stays itself.
 */
// biome-ignore lint/suspicious/noExplicitAny: the exports of CommonJS and ES modules
function patch(loaded: any, { outlet }: Target): void {
  const replaced = (stream: unknown): unknown =>
    isTerminal(stream) ? standIn(stream as Stream, outlet) : stream

  wrapMethod(loaded.default ?? loaded, 'output', (native, self, args) => {
    const [option] = args
    // An array comes back here entry by entry.
    if (!isTerminal(option?.stream)) return Reflect.apply(native, self, args)
    return Reflect.apply(native, self, [{ level: option.level, stream: replaced(option.stream) }])
  })
  // Loaded before us.
  const { $$bole } = globalThis as unknown as { $$bole: Readonly<Record<string, unknown>> }
  for (const level of Object.keys(bole.levels)) {
    const outputs = $$bole[level]
    if (Array.isArray(outputs)) outputs.splice(0, outputs.length, ...outputs.map(replaced))
  }
}

function standIn(stream: Stream, outlet: Outlet): Stream {
  const write = (chunk: Uint8Array): unknown => {
    const print = () => stream.write(chunk)
    if (!isTerminal(stream)) return print()
    const taken = guard('reading a line of bole', () => record(String(chunk), outlet), false)
    return taken || passing(print)
  }
  // bole asks the stream whether it is in object mode.
  return Object.create(stream, { write: { value: write } })
}

function record(text: string, outlet: Outlet): boolean {
  const { name, ...line } = parsed(text)
  const own = outlet.child(textOf(name))
  if (own.native) return false
  const call = callOf(line)
  return !own.enabled(call.level) || own.write(call)
}

/** bole 3 prints fields that JSON leaves out as `undefined`. */
function parsed(text: string): Fields {
  return jsonFields(text) ?? JSON.parse(text.replace(/,"(?:[^"\\]|\\.)*":undefined(?=[,}])/g, ''))
}

function callOf({ time, hostname, pid, level, message, err, ...data }: Fields): LogCall {
  const shown = isShownError(err) ? err : undefined
  const fields = shown || err === undefined ? data : { ...data, err }
  return {
    level: bole.levels[textOf(level)] ?? info,
    msg: textOf(message ?? shown?.message ?? ''),
    data: filled(fields),
    err: shown && Object.assign(Object.create(Error.prototype), shown),
  }
}

/** Of JSON: a call's own fields may be any of the line's. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : lineText([value])
}

/** What bole prints of an Error. */
function isShownError(err: unknown): err is Fields {
  return typeof err === 'object' && err !== null && 'stack' in err
}
