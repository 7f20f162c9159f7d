import { relative, sep } from 'node:path'
import type { Config } from './config'
import { LEVELS, type Level, type LevelName } from './levels'
import { type Limit, limitOf } from './limits'
import { halves, OWN_SOURCES, precision, wildcard } from './pattern'
import type { CallSite } from './record'

/** What the configuration says of a line. */
export interface Decision {
  /** True where the line is opted out: the library prints it, exactly as without us. */
  readonly native: boolean
  /** Lines below this level are dropped: `-Infinity` drops none, `Infinity` all. */
  readonly threshold: Level
  /** Name of the `modules` entry that claims the line. */
  readonly tag: string | undefined
  /** How many such lines pass in a time; the same object for all lines of a pattern. */
  readonly limit: Limit | undefined
}

/** What holds for every line of one source and namespace. Made once, kept by its outlet. */
export interface Ruling extends Decision {
  /** The lowest level that `levels` lets through, where a pattern of it names this source and namespace. */
  readonly named: Level | undefined
  /** A line below this level is dropped wherever it comes from: ask this first. */
  readonly floor: Level
  /**
   * The decision for a line of this call site. Absent where no pattern asks for a package or a file that could still
   * change the decision: then the call site need not be known.
   */
  readonly at?: (site: CallSite | undefined) => Decision
}

/** The configuration's patterns, compiled. */
export interface Policy {
  /** Sorts the patterns for one source and namespace: not free, so keep the answer. */
  ruling(source: string, namespace: string | undefined): Ruling
  /** Whether `levels` has a pattern for names of this source, whatever the namespace. */
  names(source: string): boolean
  /** Whether records of a module carry a context field: the `fields` of `modules` keep it to the modules that list it. */
  shows(field: string, module: string): boolean
}

/** One pattern and what it brings. It asks either for names or for a call site. */
interface Rule<T> {
  readonly value: T
  readonly names?: (source: string, namespace: string) => boolean
  readonly source?: (source: string) => boolean
  readonly site?: (site: CallSite) => boolean
}

/** The answer for a source and namespace, and the more precise rules that may overrule it by call site. */
interface Answer<T> {
  readonly value: T
  readonly overrules: readonly Rule<T>[]
}

/** @param config patterns in it have passed its checks */
export function compilePolicy(
  config: Pick<Config, 'root' | 'optOut' | 'level' | 'levels' | 'modules' | 'limits'>,
): Policy {
  const optOut = compile(
    config.root,
    config.optOut.flatMap(withItsPackage).map((pattern) => [pattern, true] as const),
  )
  const packagesOut = compile(
    config.root,
    config.optOut.map((pattern) => [pattern, true] as const),
  )
  const levels = compile(
    config.root,
    Object.entries(config.levels).map(([pattern, level]) => [pattern, thresholdOf(level)] as const),
  )
  const modules = compile(
    config.root,
    Object.entries(config.modules).flatMap(([tag, { match = [] }]) =>
      match.map((pattern) => [pattern, tag] as const),
    ),
  )
  const limits = compile(
    config.root,
    Object.entries(config.limits).map(([pattern, rate]) => [pattern, limitOf(rate)] as const),
  )
  const everywhere = thresholdOf(config.level)
  const shownIn = new Map<string, Set<string>>()
  for (const [tag, { fields = [] }] of Object.entries(config.modules)) {
    for (const field of fields) shownIn.set(field, (shownIn.get(field) ?? new Set()).add(tag))
  }

  const isUnruled = [optOut, levels, modules, limits].every((rules) => rules.length === 0)
  /** Where no pattern says anything, one answer serves all namespaces. */
  const forAll: Ruling = {
    ...{ native: false, threshold: everywhere, floor: everywhere },
    ...{ tag: undefined, limit: undefined, named: undefined },
  }

  return {
    shows: (field, module) => shownIn.get(field)?.has(module) !== false,
    names: (source) => levels.some((rule) => rule.source?.(source)),
    ruling(source, namespace = '') {
      if (isUnruled) return forAll
      const native = answer<boolean>(optOut, source, namespace, false)
      const level = answer<Level | undefined>(levels, source, namespace, undefined)
      const threshold = { value: level.value ?? everywhere, overrules: level.overrules as Rule<Level>[] }
      const tag = answer<string | undefined>(modules, source, namespace, undefined)
      const limit = answer<Limit | undefined>(limits, source, namespace, undefined)
      const decision = {
        native: native.value,
        threshold: threshold.value,
        tag: tag.value,
        limit: limit.value,
      }
      // A package that is opted out prints by the library's own threshold.
      const isFree = native.value || answer(packagesOut, source, namespace, false).overrules.length > 0
      const named = level.value === undefined || isFree ? undefined : lowest(threshold)
      const overrules = [native, threshold, tag, limit].flatMap(({ overrules }) => overrules as unknown[])
      if (native.value || overrules.length === 0) {
        return { ...decision, named, floor: threshold.value }
      }
      return {
        ...decision,
        named,
        // A package that is opted out prints what it likes, whatever `levels` says.
        floor: native.overrules.length > 0 ? -Infinity : lowest(threshold),
        at: perFile((site) => ({
          native: overruled(native, site),
          threshold: overruled(threshold, site),
          tag: overruled(tag, site),
          limit: overruled(limit, site),
        })),
      }
    },
  }
}

/** A library that is opted out as a whole may stay without a patch: what its code writes raw is opted out too. */
function withItsPackage(pattern: string): string[] {
  const [head = '', rest] = halves(pattern) ?? []
  const isLibrary = rest === '*' && head !== 'package' && !OWN_SOURCES.includes(head)
  return isLibrary ? [pattern, `package:${head}`] : [pattern]
}

/** Leaves every line to its library, but those of one source. */
export function onlySource(source: string, policy: Policy): Policy {
  const native: Ruling = {
    ...{ native: true, threshold: -Infinity, floor: -Infinity },
    ...{ tag: undefined, limit: undefined, named: undefined },
  }
  return {
    shows: policy.shows,
    names: (name) => name === source && policy.names(name),
    ruling: (name, namespace) => (name === source ? policy.ruling(name, namespace) : native),
  }
}

function thresholdOf(level: LevelName | 'off'): Level {
  if (level === 'off') return Infinity
  // `trace` is "whatever the library prints", and a library may have levels of its own below it.
  return level === 'trace' ? -Infinity : LEVELS[level]
}

/** Most precise first; patterns that are equally precise keep the order of the configuration. */
function compile<T>(root: string, entries: readonly (readonly [pattern: string, value: T])[]): Rule<T>[] {
  return entries
    .toSorted(([a], [b]) => precision(b) - precision(a))
    .map(([pattern, value]) => ({ value, ...matcher(root, pattern) }))
}

function matcher(root: string, pattern: string): Omit<Rule<unknown>, 'value'> {
  const [head, rest] = halves(pattern) ?? []
  if (head === undefined || rest === undefined) return { site: fileMatcher(root, pattern) }
  const second = wildcard(rest)
  if (head === 'package') return { site: ({ pkg }) => pkg !== undefined && second(pkg.name) }
  const first = wildcard(head)
  return { source: first, names: (source, namespace) => first(source) && second(namespace) }
}

/** File globs mean the project's own files: an installed package is named by `package:`. */
function fileMatcher(root: string, glob: string): (site: CallSite) => boolean {
  const picomatch = require('picomatch') as (
    glob: string,
    options: { dot: boolean },
  ) => (file: string) => boolean
  const matches = picomatch(glob, { dot: true })
  return ({ file, pkg }) =>
    file !== undefined && pkg === undefined && matches(relative(root, file).replaceAll(sep, '/'))
}

function answer<T>(rules: readonly Rule<T>[], source: string, namespace: string, otherwise: T): Answer<T> {
  const overrules: Rule<T>[] = []
  for (const rule of rules) {
    if (rule.site !== undefined) overrules.push(rule)
    else if (rule.names?.(source, namespace)) return { value: rule.value, overrules }
  }
  return { value: otherwise, overrules }
}

function overruled<T>({ value, overrules }: Answer<T>, site: CallSite | undefined): T {
  const rule = site && overrules.find((rule) => rule.site?.(site))
  return rule === undefined ? value : rule.value
}

function lowest({ value, overrules }: Answer<Level>): Level {
  return Math.min(value, ...overrules.map((rule) => rule.value))
}

/** Asks once per file: a file lies in one package for as long as the process runs. */
function perFile(decide: (site: CallSite | undefined) => Decision): (site: CallSite | undefined) => Decision {
  const known = new Map<string | undefined, Decision>()
  return (site) => {
    const key = site?.file ?? site?.pkg?.name
    let decision = known.get(key)
    if (decision === undefined) {
      decision = decide(site)
      known.set(key, decision)
    }
    return decision
  }
}
