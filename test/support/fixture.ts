import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './run'

/** One logging call of a fixture program, as the comment behind it says: `//: warn database Job.run`. */
export interface Expected {
  /** The text that only this call prints: `T07`. */
  readonly token: string
  /** 1-based line of the call. */
  readonly line: number
  readonly level: string
  readonly namespace: string | undefined
  /** `-` where nobody is on the stack any more. */
  readonly fn: string
  readonly source: string
  /** True where the library itself puts text before the message that belongs to it. */
  readonly prefixed: boolean
}

export interface Fixture {
  /** Its npm name. */
  readonly logger: string
  readonly version: string
  readonly format: string
  readonly entry: string
  readonly program: string
}

/** Every program in `fixtures/<logger>/<version>/app.{cjs,mjs}`. */
export function fixtures(): Fixture[] {
  const found: Fixture[] = []
  for (const name of readdirSync(join(ROOT, 'fixtures'))) {
    const folder = join(ROOT, 'fixtures', name)
    if (!existsSync(join(folder, 'program.cjs'))) continue
    for (const version of readdirSync(folder)) {
      for (const format of ['cjs', 'mjs']) {
        const entry = join(folder, version, `app.${format}`)
        if (!existsSync(entry)) continue
        // Majors that have little in common run programs of their own: `program-2.cjs`.
        const program = join(folder, /program[\w-]*\.cjs/.exec(readFileSync(entry, 'utf8'))?.[0] ?? '')
        found.push({ logger: loggerOf(join(folder, version)) ?? name, version, format, entry, program })
      }
    }
  }
  return found
}

/** The first dependency of a version's folder: the folder of a scoped package has a name of its own. */
function loggerOf(folder: string): string | undefined {
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return Object.keys(dependencies)[0]
}

/** Reads the comments of a program. A token without a comment is expected to print nothing. */
export function expectations(logger: string, program: string): Expected[] {
  const lines = readFileSync(program, 'utf8').split('\n')
  return lines.flatMap((text, index) => {
    const comment = /\/\/: (\w+) (\S+) (\S+)(.*)$/.exec(text)
    if (comment === null) return []
    const [, level = '', namespace = '', fn = '', flags = ''] = comment
    // The call may stand below the line that names the token, as `debug(error)` does.
    const above = lines
      .slice(0, index + 1)
      .join('\n')
      .match(/\bT\d+/g)
      ?.at(-1)
    const token = /token=(\S+)/.exec(flags)?.[1] ?? above ?? ''
    const source = /source=(\S+)/.exec(flags)?.[1] ?? logger
    return [
      {
        ...{ token, line: index + 1, level, fn, source, prefixed: flags.includes('prefixed') },
        namespace: namespace === '-' ? undefined : namespace,
      },
    ]
  })
}
