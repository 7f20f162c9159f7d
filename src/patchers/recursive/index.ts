import { join } from 'node:path'
import { types } from 'node:util'
import { isObject } from '../../core/guard'
import type { Patcher, PatcherDocs, PatchFinding, Target } from '../../core/patcher'
import { define } from '../../core/undo'
import { type Binder, createBinder } from './bind'
import { Borders, dataOf } from './borders'
import { levels, namesFactory, namesLoggerClass } from './names'
import { hasStaticPrivates, isConstructor, isLogger, makesMethods, nameOf } from './shape'
import { type Node, type Seen, walk } from './walk'

/** One installed copy of the package. */
interface Copy {
  readonly borders: Borders
  readonly seen: Seen
  readonly binder: Binder
}

const MAX_FINDINGS = 10_000

const docs: PatcherDocs = {
  takes: 'what looks like a logger in its exports',
  namespace: "the logger's name",
}

/** What a file's findings have not in common. */
type Finding = Omit<PatchFinding, 'package' | 'version' | 'file'>
type Tell = (finding: Finding) => void

/**
 * Takes over the private loggers of any package: each of its files is searched as it loads, and what looks like a logger
 * is bound in place.
 *
 * @param name npm name of the package
 * @param findings takes the report: each logger, and each value that could not be searched
 */
export function recursive(name: string, findings: PatchFinding[]): Patcher {
  const copies = new Map<string, Copy>()

  function search(exports: object, { outlet, version, dir, path: file }: Target): object | undefined {
    if (file.endsWith('.json')) return undefined
    const { borders, seen, binder } = copies.get(dir) ?? createCopy(outlet, dir)
    copies.set(dir, { borders, seen, binder })
    borders.learn(join(dir, file), seen)
    const tell: Tell = (finding) => {
      if (findings.length < MAX_FINDINGS)
        findings.push(Object.freeze({ package: name, version, file, ...finding }))
    }
    walk(exports, borders, seen, {
      behind: binder.behind,
      visit: (node) => visit(node, binder, tell),
      skip: (path, reason) => tell({ path, kind: 'value', outcome: 'skipped', reason }),
    })
    return standIn(exports, binder, tell)
  }

  return { package: name, versions: '*', docs, levels, sdk: true, files: { '**': search } }
}

function createCopy(outlet: Target['outlet'], dir: string): Copy {
  const borders = new Borders(dir)
  return { borders, seen: new WeakMap(), binder: createBinder(outlet, dir, borders) }
}

function visit({ value, path, name }: Node, binder: Binder, tell: Tell): void {
  if (!binder.knows(value) && isLogger(value, name)) {
    const refused = binder.bind(value)
    tell({ path, kind: 'logger', ...outcome(value, refused) })
  }
  for (const key of Object.getOwnPropertyNames(value)) {
    const maker = key === 'constructor' ? undefined : dataOf(value, key)
    const kind = makerKind(key, maker)
    if (kind) tell({ path: `${path}.${key}`, kind, ...takeMaker(value, key, maker as object, binder) })
  }
}

/** `module.exports` that makes loggers itself: another function takes its place. */
function standIn(exports: object, binder: Binder, tell: Tell): object | undefined {
  const kind = makerKind(nameOf(exports), exports)
  if (kind === undefined) return undefined
  const refused = hasStaticPrivates(exports)
  tell({
    path: 'exports',
    kind,
    ...(refused ? { outcome: 'skipped', reason: 'it has private static members' } : { outcome: 'patched' }),
  })
  return refused ? undefined : binder.making(exports)
}

/** What makes loggers: a function that returns them, or a class whose constructor makes their methods. */
function makerKind(key: string, value: unknown): 'factory' | 'class' | undefined {
  if (typeof value !== 'function' || types.isProxy(value)) return undefined
  if (namesFactory(key)) return isConstructor(value) ? undefined : 'factory'
  const prototype = dataOf(value, 'prototype')
  const named = namesLoggerClass(key) || namesLoggerClass(nameOf(value))
  return named && isObject(prototype) && !isLogger(prototype, key) && makesMethods(value)
    ? 'class'
    : undefined
}

function takeMaker(owner: object, key: string, maker: object, binder: Binder): Outcome {
  if (hasStaticPrivates(maker)) return { outcome: 'skipped', reason: 'it has private static members' }
  const made = binder.making(maker)
  const taken = define(owner, key, { ...Object.getOwnPropertyDescriptor(owner, key), value: made })
  const prototype = dataOf(maker, 'prototype')
  if (taken && isObject(prototype) && dataOf(prototype, 'constructor') === maker) {
    define(prototype, 'constructor', {
      ...Object.getOwnPropertyDescriptor(prototype, 'constructor'),
      value: made,
    })
  }
  return outcome(owner, taken ? [] : [key])
}

type Outcome = Pick<PatchFinding, 'outcome' | 'reason'>

function outcome(owner: object, refused: readonly string[]): Outcome {
  if (refused.length === 0) return { outcome: 'patched' }
  const why = types.isModuleNamespaceObject(owner)
    ? 'exports of an ES module cannot be replaced'
    : Object.isFrozen(owner)
      ? 'frozen'
      : Object.isSealed(owner)
        ? 'sealed'
        : 'read-only'
  return { outcome: 'skipped', reason: `${why}: ${refused.join(', ')}` }
}
