import { join } from 'node:path'
import { HOME } from '../core/home'
import { LEVELS, type Level } from '../core/levels'
import { framesOf, look } from '../core/look'
import { firstError } from '../core/message'
import type { Outlet, Patcher, Target } from '../core/patcher'
import { type Around, wrapMethod, wrapped } from '../core/shim'
import { type Claim, collecting, isTerminal } from '../core/terminal'
import { define } from '../core/undo'

type Log = CallableFunction & Record<'info' | 'dir' | 'warn' | 'error', CallableFunction>

const { info, warn, error } = LEVELS

export const fancyLog: Patcher = {
  package: 'fancy-log',
  versions: '>=1.0.0 <3',
  docs: {
    takes: 'the function and its methods',
  },
  levels: { log: info, info, dir: info, warn, error },
  files: { 'index.js': patch },
}

/** `[14:49:36] `, which it writes to the stream before a console prints the rest of the line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: its colours
const HEAD = /^\[(?:\u001b\[\d+m)*\d\d:\d\d:\d\d(?:\u001b\[\d+m)*\] $/

function patch(log: Log, { outlet, dir, path }: Target): void {
  if (outlet.native) return
  for (const [method, level] of Object.entries(fancyLog.levels)) {
    if (!(method in log)) continue
    wrapMethod(log, method, (native, self, args, below) =>
      collecting(claimOf(outlet, level, args, below), () => Reflect.apply(native, self, args)),
    )
  }
  if (copies.size === 0 && isTerminal(process.stdout)) takeCalls()
  copies.set(join(dir, path), { log, outlet })
}

/** By the absolute path of their file. */
const copies = new Map<string | undefined, { readonly log: Log; readonly outlet: Outlet }>()

/** A head that is not printed yet, and what stands behind it. */
interface Line {
  readonly print: () => void
  args?: readonly unknown[]
}

/**
 * The export is itself the most used function, and cannot be wrapped in place: importers hold it. So its line is put
 * together from its two halves.
 */
function takeCalls(): void {
  let line: Line | undefined
  const { stdout } = process
  const { write } = stdout
  const around = wrapped(Object.getPrototypeOf(stdout).write, (_, stream, args) => {
    const print = () => Reflect.apply(write, stream, args)
    if (!HEAD.test(args[0]) || !copies.has(caller())) return print()
    line = { print }
    return true
  })
  Object.assign(stdout, { write: around })

  const format: Around = (native, self, args) => {
    if (line) line.args ??= args[0]
    return Reflect.apply(native, self, args)
  }
  const print: Around = (native, self, args) => {
    const printBody = () => Reflect.apply(native, self, args)
    // A value may print while it is shown.
    const copy = line && copies.get(caller())
    if (line === undefined || copy === undefined) return printBody()
    const { print: printHead, args: values = [] } = line
    line = undefined
    return collecting(claimOf(copy.outlet, info, values, copy.log), () => {
      printHead()
      return printBody()
    })
  }
  // 1.0 prints through the global console, the others through one of their own.
  const arounds: Readonly<Record<string, Around>> = { kFormatForStdout: format, kWriteToConsole: print }
  for (const owner of [console, console.Console.prototype]) {
    for (const symbol of Object.getOwnPropertySymbols(owner)) {
      const descriptor = Object.getOwnPropertyDescriptor(owner, symbol)
      const around = arounds[symbol.description ?? '']
      // No `wrapMethod`, which leaves alone what is wrapped already: by console's patcher.
      if (around) define(owner, symbol, { ...descriptor, value: wrapped(descriptor?.value, around) })
    }
  }
}

function claimOf(outlet: Outlet, level: Level, args: readonly unknown[], below: CallableFunction): Claim {
  const call = (text: string) => ({
    level,
    msg: text.replace(/^\[\d\d:\d\d:\d\d\] /, ''),
    err: firstError(args),
    below,
  })
  return { outlet, call }
}

/** The file of the nearest frame that is neither ours nor Node's. */
function caller(): string | undefined {
  const files = framesOf(look(caller, 20)).map((frame) => frame.getFileName())
  return files.find((file) => file && !file.startsWith('node:') && !file.startsWith(HOME)) ?? undefined
}
