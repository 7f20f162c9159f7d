import { basename } from 'node:path'
import { HOME } from '../core/home'
import { LEVELS, type Level } from '../core/levels'
import { framesOf, look } from '../core/look'
import { firstError, message, plain, printed } from '../core/message'
import type { Patcher, Target } from '../core/patcher'
import type { LogCall } from '../core/record'
import { wrapMethod } from '../core/shim'
import { isError } from '../core/snapshot'
import { isTerminal, passing } from '../core/terminal'
import { define } from '../core/undo'

interface Type {
  readonly badge: string
  readonly logLevel?: string
}

interface Signale {
  readonly _types: Readonly<Record<string, Type>>
  readonly _scopeName: string | readonly string[]
  /** Since 1.1. */
  readonly _stream?: unknown
  /** Since 1.4. */
  _filterSecrets?(text: string): string
}

/** A call of a type's function: `signale.info(...)`. */
interface Call {
  readonly type: Type
  readonly args: readonly unknown[]
}

const { debug, info, warn, error, fatal } = LEVELS

export const signale: Patcher = {
  package: 'signale',
  versions: '>=1.0.0 <2',
  docs: {
    takes: 'each type and the timers, on streams that are the terminal',
    namespace: 'the scopes, joined by `:`',
    limits: [
      'An interactive line is a record each time that it is printed.',
      '`err` is left out where a secret was masked.',
    ],
  },
  levels: {
    ...{ fatal, error, warn, info, log: info, note: info, star: info, fav: info, success: info, debug },
    ...{ start: info, pause: info, pending: info, complete: info, await: info, wait: info, watch: info },
    timer: debug,
  },
  files: { 'signale.js': patch },
}

function patch({ prototype }: { prototype: object }, { outlet }: Target): void {
  // With `displayFilename` it prints a file of the stack: where all is opted out, none of ours is on it.
  if (outlet.native) return
  define(prototype, 'filename', { configurable: true, get: callersFile })
  let built: Call | undefined
  let current: Call | undefined

  wrapMethod(prototype, '_buildSignale', (native, self, values) => {
    const text = Reflect.apply(native, self, values)
    const [type, ...args] = values
    built = { type, args }
    return text
  })

  const take = (self: Signale, stream: unknown, text: string, print: () => unknown): unknown => {
    const own = outlet.child(namespaceOf(self))
    if (own.native) return passing(print)
    if (!isTerminal(stream)) return print()
    const level = current ? levelOf(self, current.type) : debug
    if (own.enabled(level) && !own.write({ level, ...textOf(self, current, plain(text)) }))
      return passing(print)
  }

  const writes = '_write' in prototype
  wrapMethod(prototype, '_log', (native, self: Signale, args) => {
    const outer = current
    current = built
    built = undefined
    const print = () => Reflect.apply(native, self, args)
    try {
      return writes ? print() : take(self, self._stream ?? process.stdout, args[0], print)
    } finally {
      current = outer
    }
  })
  // Since 1.2, behind threshold and secrets, once a stream.
  if (writes)
    wrapMethod(prototype, '_write', (native, self: Signale, args) =>
      take(self, args[0], args[1], () => Reflect.apply(native, self, args)),
    )
}

/** signale's own getter takes the first file on the stack that is not its own: ours stand there too. */
function callersFile(): string {
  const frames = framesOf(look(callersFile, 30))
  const files = frames.map((frame) => frame.getFileName()).filter((file) => !file?.startsWith(HOME))
  const caller = files.find((file) => file !== files[0])
  return caller ? basename(caller) : 'anonymous'
}

/** The message without badge and label, as far as it was printed. */
function textOf(self: Signale, call: Call | undefined, shown: string): Pick<LogCall, 'msg' | 'err'> {
  if (call === undefined) return { msg: timerText(self, shown) }
  try {
    for (const partsFrom of [partsOf, joined]) {
      const raw = partsFrom(call.args)
        .filter((part) => part !== '')
        .map(plain)
      const safe = raw.map((part) => self._filterSecrets?.(part) ?? part)
      if (safe.length === 0 || !safe.every((part) => printed(shown, part))) continue
      const masked = safe.some((part, i) => part !== raw[i])
      return { msg: safe.join(' '), err: masked ? undefined : firstError(call.args) }
    }
  } catch {
    // A value that can be read once only, or is no text.
  }
  return { msg: shown }
}

/** 1.0 and 1.1 join their arguments. */
function joined(args: readonly unknown[]): string[] {
  return [args.join(' ')]
}

function partsOf(args: readonly unknown[]): string[] {
  const [only] = args
  if (args.length > 1 || typeof only !== 'object' || only === null) return [message(args)]
  if (isError(only)) return [String(only.stack ?? message(args))]
  const { prefix = '', message: text = '', suffix = '' } = only as Record<string, string | unknown[]>
  if (prefix === '' && text === '' && suffix === '') return [message(args)]
  return [String(prefix), message(Array.isArray(text) ? text : [text]), String(suffix)]
}

/** `▶  label      Initialized timer...`, with the name of the scope before it. */
function timerText({ _types: types }: Signale, shown: string): string {
  const badge = [types.start?.badge, types.pause?.badge].find((badge) => badge && shown.includes(badge)) ?? ''
  return shown
    .slice(shown.indexOf(badge) + badge.length)
    .trim()
    .replace(/ +(?=Initialized|Timer run)/, ' ')
}

function namespaceOf({ _scopeName: scope }: Signale): string | undefined {
  const names = typeof scope === 'string' ? [scope] : scope
  return names.filter((name) => name !== '').join(':') || undefined
}

/** A type of the program's own has a level by its `logLevel`. */
function levelOf({ _types: types }: Signale, type: Type): Level {
  const name = Object.keys(types).find((name) => types[name] === type) ?? ''
  return signale.levels[name] ?? signale.levels[type.logLevel ?? ''] ?? info
}
