import { realpathSync } from 'node:fs'
import { sep } from 'node:path'
import { functionName } from './function-name'
import { complainOf, guard } from './guard'
import { HOME } from './home'
import { framesOf, look } from './look'
import { fileOf, modulePath, scriptPath } from './module-path'
import { packageOf } from './packages'
import type { Below, CallSite } from './record'
import { type Mapping, mappingOf } from './source-map'

/** Finds the line of code that called a logger. */
export interface Tracer {
  /**
   * The call site of the line that is being logged now. Never throws.
   *
   * @param below the logger's user-facing function, if it is on the stack, or a look that was taken below it: the caller
   * is the first frame there
   * @param frames npm names of packages whose frames are the logger's, never the caller's
   * @returns undefined where no frame is a caller's, or the host does not let us see the stack
   */
  site(below: Below | undefined, frames: readonly string[]): CallSite | undefined
  /** How many frames below the logger's function the last caller stood that was not the first: winston calls itself. */
  reach(frames: readonly string[]): number
}

/** What the call sites of one script share. */
interface Script {
  /** Absolute path; undefined for code that is in no file (`node -e`, `vm`). */
  readonly file: string | undefined
  /** True for Node's own code, ours, and an agent's that stands around loggers: never the caller. */
  readonly internal: boolean
  /** Name of the package that holds the script, before any source map. */
  readonly owner: string
  readonly mapping: Mapping
  /** By position, then by receiver: one method serves many subclasses. */
  readonly sites: Map<number, Map<string, CallSite>>
}

/** Where a frame is, in V8's words. */
interface Position {
  /** Of the script: a path, a URL, any text, or empty for an eval of unknown place. */
  readonly name: string
  /** In the script; no other place of it has the same number. */
  readonly at: number
  /** On what the function of the frame was called. */
  readonly receiver: string
  readonly line: number
  readonly column: number
  /** Undefined for an eval, whose place is that of the call of eval. */
  readonly frame: NodeJS.CallSite | undefined
}

/** Packages that wrap loggers to send their lines elsewhere too: dd-trace, @opentelemetry/instrumentation-winston, … */
const AGENT = /^(?:@opentelemetry\/|@sentry\/|@newrelic\/|newrelic$|dd-trace$|elastic-apm-node$)/
const OURS = HOME + sep
/** `eval at f (eval at g (/app/a.js:3:7))`: the place of the outermost eval. */
const EVAL_ORIGIN = /^(?:eval at .*? \()+(.*):(\d+):(\d+)\)+$/
const DEPTH = 30
/** Programs that make scripts without end (`vm`, `import('x?' + n)`) must not fill the memory. */
const MOST_REMEMBERED = 2 ** 14
const MOST_COLUMNS = 2 ** 26

/**
 * @param root absolute path of the project: module paths start there
 */
export function createTracer(root: string): Tracer {
  const roots = [root, guard(`finding the real path of ${root}`, () => realpathSync(root), root)].map(
    (path) => (path.endsWith(sep) ? path : path + sep),
  )
  const scripts = new Map<string, Script>()
  const reached = new WeakMap<readonly string[], number>()
  let remembered = 0

  function site(below: Below | undefined, frames: readonly string[]): CallSite | undefined {
    try {
      const near = typeof below === 'function' ? look(below, reach(frames)) : below
      const stack = framesOf(near)
      const known = knownSite(stack, frames)
      if (known) return known
      const found = caller(stack, frames)
      if (found) return siteAt(found.position)
      // `below` is not on the stack (a bound copy of it is), or Node, a built-in or the logger itself called it
      const from = near && stack.length > 0 ? near.below : site
      const far = caller(framesOf(look(from, DEPTH)), frames)
      if (far && from !== site) reached.set(frames, far.depth)
      return far && siteAt(far.position)
    } catch (error) {
      complainOf('finding a call site failed', error)
      return undefined
    }
  }

  function reach(frames: readonly string[]): number {
    return reached.get(frames) ?? 1
  }

  /** What nearly every line asks. A frame that only awaits is at a place of its own, which is none of a call. */
  function knownSite(stack: readonly NodeJS.CallSite[], frames: readonly string[]): CallSite | undefined {
    for (const frame of stack) {
      const script = scripts.get(frame.getFileName() as string)
      if (script === undefined) return undefined
      if (isCaller(script, frames)) return script.sites.get(frame.getPosition())?.get(receiverOf(frame))
    }
    return undefined
  }

  function caller(
    stack: readonly NodeJS.CallSite[],
    frames: readonly string[],
  ): { position: Position; depth: number } | undefined {
    for (const [i, frame] of stack.entries()) {
      // what awaits the call need not have made it
      if (frame.isAsync()) return undefined
      const position = positionOf(frame)
      if (position && isCaller(scripts.get(position.name) ?? remember(position.name), frames))
        return { position, depth: i + 1 }
    }
    return undefined
  }

  function siteAt(position: Position): CallSite | undefined {
    const { name, at, receiver } = position
    const script = scripts.get(name)
    if (script === undefined || name === '') return undefined
    const known = script.sites.get(at)?.get(receiver)
    if (known) return known
    const site = resolve(script, position)
    makeRoom()
    const sites = script.sites.get(at) ?? new Map<string, CallSite>()
    script.sites.set(at, sites.set(receiver, site))
    return site
  }

  function resolve(script: Script, { name, line, column, frame }: Position): CallSite {
    const mapped = script.mapping(line, column, frame)
    const place = mapped && !isAstray(mapped.file, script) ? mapped : { file: script.file, line }
    const { file } = place
    const pkg = file === undefined ? undefined : packageOf(file)
    const module = file === undefined ? scriptPath(name) : modulePath(file, pkg, roots)
    return {
      trace: `${module}:${frame ? functionName(frame, place) : 'eval'}:${place.line}`,
      ...(file !== undefined && { file }),
      ...(pkg?.dependency && { pkg: { name: pkg.name, version: pkg.version } }),
    }
  }

  function remember(name: string): Script {
    const file = fileOf(name)
    const owner = (file !== undefined && packageOf(file)?.name) || ''
    const internal = /^(?:node|wasm):/.test(name) || (file?.startsWith(OURS) ?? false) || AGENT.test(owner)
    const script: Script = {
      file,
      internal,
      owner,
      mapping: mappingOf(name, file, root),
      sites: new Map(),
    }
    makeRoom()
    scripts.set(name, script)
    return script
  }

  function makeRoom(): void {
    remembered++
    if (remembered <= MOST_REMEMBERED) return
    scripts.clear()
    remembered = 1
  }

  return { site, reach }
}

function isCaller({ internal, owner }: Script, frames: readonly string[]): boolean {
  return !internal && !frames.includes(owner)
}

/** Where a package was built, its sources may have lain beside it: where it is installed, that is somebody else's place. */
function isAstray(source: string, { file }: Script): boolean {
  const home = file === undefined ? undefined : packageOf(file)
  return home?.dependency === true && !source.startsWith(home.dir + sep)
}

/**
 * @returns undefined for built-in functions, which are in no script
 */
function positionOf(frame: NodeJS.CallSite): Position | undefined {
  const name = frame.getFileName() || (frame.isEval() && frame.getScriptNameOrSourceURL())
  if (name) {
    const line = frame.getLineNumber() ?? 0
    const column = frame.getColumnNumber() ?? 0
    return { name, at: frame.getPosition(), receiver: receiverOf(frame), line, column, frame }
  }
  if (!frame.isEval()) return undefined
  const [, origin = '', row, column] = EVAL_ORIGIN.exec(frame.getEvalOrigin() ?? '') ?? []
  const line = Number(row)
  const at = line * MOST_COLUMNS + Number(column)
  return { name: origin, at, receiver: 'eval', line, column: Number(column), frame: undefined }
}

/** In words that no class can have for a name, where `new` changes the function's name as a class does. */
function receiverOf(frame: NodeJS.CallSite): string {
  return frame.isConstructor() ? 'new' : (frame.getTypeName() ?? 'null')
}
