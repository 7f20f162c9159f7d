import { isAbsolute, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Package } from './packages'

const MODULES = `${sep}node_modules${sep}`
const EXTENSION = /\.(?:[cm]?[jt]s|[jt]sx)$/

/**
 * The absolute path of a script.
 *
 * @param script its name as V8 has it: a path, a `file:` URL with or without a query, or any text
 * @returns undefined for code that is in no file (`node -e`, `vm`, `data:`)
 */
export function fileOf(script: string): string | undefined {
  try {
    return script.startsWith('file:') ? fileURLToPath(script) : isAbsolute(script) ? script : undefined
  } catch {
    return undefined
  }
}

/**
 * A file as the first part of a trace: `src.services.task-processor`, `express.lib.router.index`.
 *
 * @param file absolute path
 * @param pkg the package that holds it
 * @param roots where the project's own paths start, each with a separator at its end
 * @returns from the package's name for dependencies and for files beside the project
 */
export function modulePath(file: string, pkg: Package | undefined, roots: readonly string[]): string {
  const inPackage = () => dotted(`${pkg?.name}${sep}${file.slice(pkg?.dir.length)}`)
  if (pkg?.dependency) return inPackage()
  // a dependency that was bundled elsewhere and is not installed here
  const modules = file.lastIndexOf(MODULES)
  if (modules >= 0) return dotted(file.slice(modules + MODULES.length))
  const root = roots.find((root) => file.startsWith(root))
  if (root !== undefined) return dotted(file.slice(root.length))
  return pkg ? inPackage() : dotted(file.replace(/^([a-z]):/i, '$1'))
}

/** The first part of a trace for code in no file: `[eval]`, `data`, `src.api` of `webpack-internal:///./src/api.js`. */
export function scriptPath(script: string): string {
  return script.startsWith('data:') ? 'data' : dotted(script.replace(/^[\w+.-]+:\/\/[^/]*\/(?:\.\/)?/, ''))
}

function dotted(path: string): string {
  return path
    .replace(EXTENSION, '')
    .replace(/^[\\/]+/, '')
    .replace(/[\\/]+/g, '.')
}
