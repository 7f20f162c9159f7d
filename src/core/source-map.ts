import { readFileSync, statSync } from 'node:fs'
import { findSourceMap, SourceMap } from 'node:module'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** A place in a source file. */
export interface Place {
  /** Absolute path. */
  readonly file: string
  /** First line is 1. */
  readonly line: number
  /** True where the function around it is in no source: a build tool wrapped the module in it. */
  readonly wrapped?: boolean
}

/**
 * Where a position of one script was written.
 *
 * @param line @param column as V8 counts them, from 1
 * @param site the call site at that position, if it is one: hosts are asked by call site
 * @returns undefined where no map says anything about that very line
 */
export type Mapping = (line: number, column: number, site?: NodeJS.CallSite) => Place | undefined

const LARGEST_FILE = 64 * 1024 * 1024
const COMMENT = /^[ \t]*\/\/# sourceMappingURL=(\S+)\s*$/
const INLINE = /^data:application\/json[^,]*?(;base64)?,/
const FOREIGN_SCHEME = /^(?!file:)[a-z][\w+.-]+:\/\/[^/]*\/([^?]*)/i

/**
 * The mapping of one script: Node's own where the host has turned source maps on; else by the map that the last line
 * of the script names, read at the first question; else by the host's `Error.prepareStackTrace`.
 *
 * @param script the script's name as V8 has it: a path or a `file:` URL
 * @param file its absolute path, if it is in a file
 * @param root where the paths of a `webpack://` source start
 */
export function mappingOf(script: string, file: string | undefined, root: string): Mapping {
  let named: LocatedMap | undefined | null = null
  function map(): LocatedMap | undefined {
    // Node has none otherwise, and to ask it loads a file of Node's.
    const known = process.sourceMapsEnabled ? findSourceMap(script) : undefined
    if (known) return { map: known, base: pathToFileURL(file ?? root) }
    if (named === null) named = file === undefined ? undefined : readNamedMap(file)
    return named
  }
  return (line, column, site) => {
    const known = map()
    if (!known) return site && askHost(site)
    const place = find(known, root, line, column)
    if (!place || !site) return place
    const start = find(known, root, site.getEnclosingLineNumber() ?? 0, site.getEnclosingColumnNumber() ?? 0)
    return { ...place, wrapped: start === undefined }
  }
}

/** The place in the first line of the stack that the host prints: ts-node keeps its maps where only itself finds them. */
function askHost(site: NodeJS.CallSite): Place | undefined {
  try {
    const text: unknown = Error.prepareStackTrace?.(new Error(), [site])
    const frame = typeof text === 'string' ? /^\s+at (?:.*? \()?(.+?):(\d+):\d+\)?$/m.exec(text) : null
    const file = frame?.[1]?.startsWith('file:') ? fileURLToPath(frame[1]) : frame?.[1]
    return file && isAbsolute(file) ? { file, line: Number(frame?.[2]) } : undefined
  } catch {
    return undefined
  }
}

interface LocatedMap {
  readonly map: SourceMap
  /** What the map's sources are relative to. */
  readonly base: URL
}

function find({ map, base }: LocatedMap, root: string, line: number, column: number): Place | undefined {
  const entry = map.findEntry(line - 1, column - 1)
  // findEntry answers with the nearest mapping above, which may belong to another line
  if (!('originalSource' in entry) || entry.generatedLine !== line - 1 || !entry.originalSource)
    return undefined
  const file = sourceFile(entry.originalSource, base, root)
  return file === undefined ? undefined : { file, line: entry.originalLine + 1 }
}

function sourceFile(source: string, base: URL, root: string): string | undefined {
  try {
    const inProject = FOREIGN_SCHEME.exec(source)?.[1]
    if (inProject !== undefined) return join(root, inProject)
    return isAbsolute(source) ? source : fileURLToPath(new URL(source, base))
  } catch {
    return undefined
  }
}

function readNamedMap(file: string): LocatedMap | undefined {
  try {
    const url = namedUrl(readText(file))
    if (url === undefined) return undefined
    const script = pathToFileURL(file)
    const inline = INLINE.exec(url)
    const place = inline ? script : new URL(url, script)
    const json = inline
      ? inlineText(url.slice(inline[0].length), inline[1] !== undefined)
      : readText(fileURLToPath(place))
    const { sourcesContent: _, ...map } = JSON.parse(json)
    return {
      map: new SourceMap(map),
      base: map.sourceRoot ? new URL(map.sourceRoot.replace(/\/*$/, '/'), place) : place,
    }
  } catch {
    return undefined
  }
}

/** The address in the script's closing comments. One further up is another script's, or a string in the code. */
function namedUrl(text: string): string | undefined {
  let end = text.length
  while (end > 0) {
    const start = text.lastIndexOf('\n', end - 1) + 1
    const line = text.slice(start, end)
    const url = COMMENT.exec(line)?.[1]
    if (url !== undefined) return url
    if (line.trim() !== '' && !line.trimStart().startsWith('//')) return undefined
    end = start - 1
  }
  return undefined
}

function inlineText(data: string, base64: boolean): string {
  return base64 ? Buffer.from(data, 'base64').toString('utf8') : decodeURIComponent(data)
}

function readText(file: string): string {
  const stats = statSync(file)
  if (!stats.isFile() || stats.size > LARGEST_FILE)
    throw new RangeError(`${file} is no file of a readable size`)
  return readFileSync(file, 'utf8')
}
