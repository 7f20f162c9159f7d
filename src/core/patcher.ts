import type { Level } from './levels'
import type { Below, LogCall, Stamp } from './record'

/** Where the lines of one logger and namespace go. Made once, asked per line. */
export interface Outlet {
  /** True where policy leaves every line of this outlet to the library (opt-out): call the original and nothing else. */
  readonly native: boolean
  /**
   * The lowest level that `levels` lets through, where it names the lines of this outlet: for a library whose threshold
   * can be asked for line by line.
   */
  readonly named: Level | undefined
  /** False where policy drops this level here: one compare, so ask before any work. */
  enabled(level: Level): boolean
  /**
   * Makes a record of the line, or drops it by policy. Never throws.
   *
   * @returns false where the line is the library's to print: it is opted out by its caller's package, or we failed
   */
  write(call: LogCall): boolean
  /** The same logger's outlet for a namespace; cached, so cheap to ask per line. */
  child(namespace: string | undefined): Outlet
  /**
   * Keeps the threshold of one of the library's loggers at what `levels` says of the lines of this outlet: `apply` is
   * called now where it says something, and whenever that changes. The logger is held weakly.
   *
   * @param apply sets the threshold to the lowest level that `levels` lets through (`-Infinity` is all, `Infinity`
   * none), or back to the program's own where it is undefined; must not hold the logger itself
   */
  follow<T extends object>(logger: T, apply: (logger: T, level: Level | undefined) => void): void
  /**
   * For a library whose threshold is asked for line by line: calls `act` once, when `levels` first names lines of this
   * source, in any namespace. So nothing stands in the way of the question before.
   */
  whenNamed(act: () => void): void
  /**
   * Takes time, context and call site now, for a line that is printed later: then the caller has left the stack, and
   * the context is that of whoever made the library print.
   *
   * @param below the logger's user-facing function on the stack, if it is known, or a look that was taken below it
   */
  stamp(level: Level, below?: Below): Stamp
  /**
   * How many frames to look at for the call site of a line of this level: as many as the last one's took, none where it
   * gets none. For a patcher that looks while the caller is near.
   */
  reach(level: Level): number
}

/** What a patcher is told of the copy of its library that was just loaded. */
export interface Target {
  readonly outlet: Outlet
  /** `version` of the copy's own package.json. */
  readonly version: string
  /** Absolute path of the copy's folder. */
  readonly dir: string
  /** Path of the file inside it, with forward slashes. */
  readonly path: string
}

/** What the page of the loggers says of one: Markdown, short. */
export interface PatcherDocs {
  /** Which of its lines become records. */
  readonly takes: string
  /** What becomes `namespace`. */
  readonly namespace?: string
  /** What one would expect and does not get, a sentence each. */
  readonly limits?: readonly string[]
}

/** How one logger library is taken over: one file in `src/patchers`, one row in its index. */
export interface Patcher {
  /** The library's npm name, which is the `source` of its records. */
  readonly package: string
  /** Semver range; the fixtures run at its lowest and its newest version. */
  readonly versions: string
  readonly docs: PatcherDocs
  /** The library's level names: the patch, the docs and the tests read this one table. */
  readonly levels: Readonly<Record<string, Level>>
  /** Packages whose frames are part of the logger, never the caller (by npm name; the library itself is implied). */
  readonly frames?: readonly string[]
  /** True where the library is more than its logger (a client, a bundler): a frame of its own may be the caller. */
  readonly sdk?: boolean
  /**
   * What to change, by file inside the package (`lib/winston/logger.js`). Each function changes the file's exports
   * **in place**, right after the file ran and before any importer sees them, once per copy. `**` stands for every file
   * that has no entry of its own.
   *
   * What cannot be changed in place is a call of the exports themselves: for a CommonJS file that exports a function,
   * the function that is returned takes its place.
   */
  // biome-ignore lint/suspicious/noExplicitAny: the exports of a foreign library, in any of its versions
  readonly files: Readonly<Record<string, (exports: any, target: Target) => unknown>>
}

/** Something that the recursive patch met in a package. */
export interface PatchFinding {
  /** npm name of the package. */
  readonly package: string
  readonly version: string
  /** Path of the file inside the package, with forward slashes. */
  readonly file: string
  /** How it is reached from the exports of that file: `exports.loggers.http`. */
  readonly path: string
  /**
   * A logger; a factory, that is a function that returns loggers; a class whose constructor makes their methods; or any
   * other value, which was not searched.
   */
  readonly kind: 'logger' | 'factory' | 'class' | 'value'
  readonly outcome: 'patched' | 'skipped'
  /** Why it was skipped. */
  readonly reason?: string
}
