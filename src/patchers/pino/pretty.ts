import { LEVELS, type LevelName } from '../../core/levels'
import { isPrinter, type Print, type Stream } from './printer'

/** Options of pino-pretty that keep something off the terminal. */
export interface PrettyOptions {
  readonly ignore?: string
  readonly include?: string
  readonly hideObject?: boolean
  readonly minimumLevel?: string | number
  readonly messageKey?: string
}

/**
 * The prettifier in a stream of pino-pretty's: from version 7 on one that splits lines, piped into a Transform that
 * only asks the prettifier, piped into the destination. The package exports a function, which cannot be changed in
 * place, so that its options are seen nowhere else.
 */
export function prettifierOf(stream: Stream): Print | undefined {
  const transform = pipedTo(stream)
  const prettify = transform?._transform
  if (typeof prettify !== 'function' || !isPrinter(pipedTo(transform))) return undefined
  if (!/\bpretty\(chunk\)/.test(Function.prototype.toString.call(prettify))) return undefined
  return (line) => {
    let printed: string | undefined
    prettify.call(transform, line.trimEnd(), 'utf8', (_error: unknown, text?: string) => {
      printed = text
    })
    return printed
  }
}

function pipedTo(stream: Stream): Stream {
  const pipes = [stream?._readableState?.pipes].flat()
  return pipes.length === 1 ? pipes[0] : undefined
}

/** What pino-pretty tells of a line in its thread: the line without what its options hide. */
export function prettyPrinter(options: PrettyOptions): Print {
  const { ignore = '', include, hideObject = false, minimumLevel = 0, messageKey = 'msg' } = options
  const lowest = LEVELS[minimumLevel as LevelName] ?? Number(minimumLevel)
  const hidden = ignore.split(',').filter(Boolean)
  const shown = hideObject ? [] : include?.split(',')
  return (line, level) => {
    if (level < lowest) return undefined
    if (hidden.length === 0 && shown === undefined) return line
    const fields = JSON.parse(line)
    for (const path of hidden) remove(fields, path.trim().split('.'))
    for (const key of Object.keys(fields)) {
      if (shown?.includes(key) === false && key !== messageKey) delete fields[key]
    }
    return JSON.stringify(fields)
  }
}

// biome-ignore lint/suspicious/noExplicitAny: parsed JSON
function remove(fields: any, [key = '', ...path]: readonly string[]): void {
  if (typeof fields !== 'object' || fields === null) return
  if (path.length === 0) delete fields[key]
  else remove(fields[key], path)
}
