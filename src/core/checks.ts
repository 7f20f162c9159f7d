/** A value that is not what it should be, in words. */
export interface Mistake {
  /** Where it stands: `modules.API.match[0]`. */
  readonly path: string
  /** What was found there: `found "verbose"`. */
  readonly found: string
  readonly allowed: string
  /** The nearest right text. */
  readonly nearest?: string | undefined
}

export type Report = (mistake: Mistake) => void

/** What one place of the configuration may hold. */
export interface Check<T> {
  /** In words, for people. */
  readonly allowed: string
  /** The right texts, where they can be counted. */
  readonly choices?: readonly string[]
  /**
   * Never changes `value`; what it returns is ours and frozen.
   *
   * @returns undefined where the value is wrong, after `report` was told
   */
  take(value: unknown, path: string, report: Report): T | undefined
}

export function oneOf<T extends string>(choices: readonly T[]): Check<T> {
  const allowed = choices.map((choice) => JSON.stringify(choice)).join(', ')
  return {
    allowed,
    choices,
    take(value, path, report) {
      const choice = choices.find((choice) => choice === value)
      if (choice === undefined)
        report({ path, found: found(value), allowed, nearest: nearest(value, choices) })
      return choice
    },
  }
}

/** `true` or `false`. */
export const flag: Check<boolean> = {
  allowed: 'true or false',
  take(value, path, report) {
    if (typeof value === 'boolean') return value
    report({ path, found: found(value), allowed: 'true or false' })
    return undefined
  },
}

/** @param accepts what the text must look like, where any text will not do */
export function text(allowed: string, accepts = /./s): Check<string> {
  return {
    allowed,
    take(value, path, report) {
      if (typeof value === 'string' && accepts.test(value)) return value
      report({ path, found: found(value), allowed })
      return undefined
    },
  }
}

/** A wrong item is left out, the others stay. */
export function listOf<T>(item: Check<T>): Check<readonly T[]> {
  const allowed = `an array of ${item.allowed}`
  return {
    allowed,
    take(value, path, report) {
      if (!Array.isArray(value)) {
        report({ path, found: found(value), allowed })
        return undefined
      }
      const items = value.map((each, index) => item.take(each, `${path}[${index}]`, report))
      return Object.freeze(items.filter((each) => each !== undefined))
    },
  }
}

/** An object whose keys the user chooses. A wrong entry is left out, the others stay. */
export function mapOf<T>(key: Check<string>, item: Check<T>): Check<Readonly<Record<string, T>>> {
  const allowed = `an object from ${key.allowed} to ${item.allowed}`
  return {
    allowed,
    take(value, path, report) {
      if (!isObject(value)) {
        report({ path, found: found(value), allowed })
        return undefined
      }
      // Without a prototype, so that `__proto__` is a key like any other.
      const taken: Record<string, T> = Object.create(null)
      for (const [name, each] of Object.entries(value)) {
        const at = `${path}[${JSON.stringify(name)}]`
        const right = key.take(name, at, report)
        const kept = right === undefined ? undefined : item.take(each, at, report)
        if (right !== undefined && kept !== undefined) taken[right] = kept
      }
      return Object.freeze(taken)
    },
  }
}

/** An object with keys of ours. Unknown keys are left out; `undefined` counts as not written. */
export function shapeOf<T extends object>(
  keys: { readonly [K in keyof T]-?: Check<T[K]> },
): Check<Partial<T>> {
  const choices = Object.keys(keys)
  const allowed = `an object with ${choices.join(', ')}`
  return {
    allowed,
    choices,
    take(value, path, report) {
      if (!isObject(value)) {
        report({ path, found: found(value), allowed })
        return undefined
      }
      const taken: Partial<T> = Object.create(null)
      for (const [name, each] of Object.entries(value)) {
        if (each === undefined) continue
        if (Object.hasOwn(keys, name)) {
          const key = name as keyof T
          const kept = keys[key].take(each, path === '' ? name : `${path}.${name}`, report)
          if (kept !== undefined) taken[key] = kept
        } else {
          const at = path === '' ? JSON.stringify(name) : `${path}[${JSON.stringify(name)}]`
          report({
            path: at,
            found: 'unknown key',
            allowed: choices.join(', '),
            nearest: nearest(name, choices),
          })
        }
      }
      return Object.freeze(taken)
    },
  }
}

/** Not from core/message: a process without a configuration loads the files of the configuration alone. */
export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Names the value for a person; the insides of objects may be secrets and stay unsaid. */
export function found(value: unknown): string {
  if (typeof value === 'string')
    return `found ${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)}`
  if (Array.isArray(value)) return 'found an array'
  if (typeof value === 'object' && value !== null) return 'found an object'
  return typeof value === 'function' ? 'found a function' : `found ${String(value)}`
}

/** The right text that was probably meant; undefined where none is near. */
export function nearest(wrong: unknown, choices: readonly string[]): string | undefined {
  if (typeof wrong !== 'string') return undefined
  const { distance } = require('fastest-levenshtein') as typeof import('fastest-levenshtein')
  const steps = (choice: string) => distance(wrong.slice(0, 60).toLowerCase(), choice.toLowerCase())
  const [best] = choices.toSorted((a, b) => steps(a) - steps(b))
  return best !== undefined && steps(best) <= Math.max(best.length, wrong.length) / 2 ? best : undefined
}
