import { guard } from '../../core/guard'
import type { Level } from '../../core/levels'
import { printed } from '../../core/message'
import type { Outlet, Target } from '../../core/patcher'
import type { LogCall } from '../../core/record'
import { replaceMethod, wrapMethod } from '../../core/shim'
import { claiming, isTerminal, passing } from '../../core/terminal'
import { isNamed, shownAsJson } from './json'
import { levelOf, type Ranks } from './levels'
import { lineOf } from './line'
import { type Info, LEVEL, MESSAGE, namespaceOf, type Origin, originOf, unknown } from './pipeline'
import {
  atLevel,
  follow,
  forcedLevel,
  governs,
  type Leveled,
  type Target as Prints,
  printsOn,
  reaches,
} from './thresholds'

/** A transport of winston 3. */
interface Transport extends Leveled {
  readonly levels?: Ranks
  emit(event: 'logged', info: Info): void
}

type Done = (error?: null) => void

interface Console extends Transport {
  readonly stderrLevels: Readonly<Record<string, true>>
  readonly consoleWarnLevels?: Readonly<Record<string, true>>
  readonly forceConsole?: boolean
}

interface Stream extends Transport {
  readonly _stream: unknown
  readonly isObjectMode: boolean
}

interface Prototype {
  readonly log?: CallableFunction
  readonly _write: CallableFunction
}

/** The line that a transport was handed and has not printed yet: a format of its own makes a copy of the object. */
let handed: Origin | undefined

export function patchConsole(Console: { readonly prototype: Prototype }, { outlet }: Target): void {
  takeOver(Console.prototype, outlet, (transport: Console, level) => {
    if (transport.forceConsole) return console
    const stderr = transport.stderrLevels[level] || transport.consoleWarnLevels?.[level]
    const { _stdout, _stderr } = console as unknown as { _stdout?: unknown; _stderr?: unknown }
    // A console without streams, such as a test runner's, is called.
    return (stderr ? _stderr : _stdout) ?? console
  })
}

export function patchStream(Stream: { readonly prototype: Prototype }, { outlet }: Target): void {
  takeOver(Stream.prototype, outlet, ({ isObjectMode, _stream }: Stream) =>
    isObjectMode ? undefined : _stream,
  )
}

function takeOver<T extends Transport>(prototype: Prototype, outlet: Outlet, target: Prints<T>): void {
  follow(outlet)
  const forcedFor = (transport: T, info: Info): string | undefined => {
    const find = (): string | undefined => {
      const own = outlet.child(namespaceOf(info, handed?.logger ?? transport.parent ?? undefined))
      return forcedLevel(transport, own, transport.levels, info[LEVEL] ?? info.level)
    }
    return guard('finding a level of winston', find, undefined)
  }
  const { _write: write } = prototype
  // A disabled line comes as far as here.
  replaceMethod(prototype, '_write', function (this: T, ...args: [Info, unknown, Done]): unknown {
    const [info, , done] = args
    handed = originOf(info)
    try {
      if (!governs()) return Reflect.apply(write, this, args)
      const forced = forcedFor(this, info)
      const rank = this.levels?.[info[LEVEL] ?? '']
      // The answer that winston-transport 4 has for a line below the level.
      if (forced !== undefined && rank !== undefined && !reaches(forced, rank, this.levels)) return done(null)
      return atLevel(this, forced, () => Reflect.apply(write, this, args))
    } finally {
      handed = undefined
    }
  })
  // `_writev` asks for each of the lines that have piled up.
  wrapMethod(prototype, '_accept', (native, transport: T, args) => {
    const [{ chunk }] = args as [{ chunk: Info }]
    handed = originOf(chunk)
    const act = () => Reflect.apply(native, transport, args)
    const isAccepted = atLevel(transport, forcedFor(transport, chunk), act)
    if (!isAccepted) handed = undefined
    return isAccepted
  })
  wrapMethod(prototype, 'log', (native, transport: T, args) => {
    const [info, done] = args as [Info, (() => void) | undefined]
    const name = info[LEVEL] ?? info.level
    const origin = originOf(info) ?? handed
    handed = undefined
    const print = () => Reflect.apply(native, transport, args)
    const own = outlet.child(namespaceOf(info, origin?.logger))
    if (own.native) return passing(print)
    const stream = target(transport, name)
    if (stream !== console && !isTerminal(stream)) return print()

    const level = levelOf(name, transport.levels)
    if (stream === console) {
      const call = guard('reading a line of winston', () => callOf(info, level, origin), undefined)
      const mine = (text: string) => (call && printed(text, call.msg) ? call : undefined)
      return claiming({ outlet: own, call: mine }, print)
    }
    const take = () => own.write(callOf(info, level, origin))
    if (own.enabled(level) && !guard('reading a line of winston', take, false)) return passing(print)
    setImmediate(() => transport.emit('logged', info))
    done?.()
  })
  if (prototype.log) printsOn(prototype.log, target)
}

function callOf(info: Info, level: Level, origin: Origin | undefined): LogCall {
  const stamp = origin?.stamp ?? unknown()
  const { [MESSAGE]: text } = info
  const shown = shownAsJson(text)
  if (shown?.line && origin?.err === undefined) return { level, stamp, ...shown.line }
  const line = lineOf(String(text), () => {
    const fields = shown?.fields ?? Object.entries(info)
    // The logstash format takes the message off its object.
    const said = origin?.message
    return {
      text: info.message ?? said,
      fields: fields.filter(([key, value]) => !isNamed(key, value)),
      raw: origin?.err,
      said,
    }
  })
  return { level, stamp, ...line }
}
