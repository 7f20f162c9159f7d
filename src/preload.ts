import { syncBuiltinESMExports } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { WorkerOptions } from 'node:worker_threads'
import { workerThreads } from './core/builtins'
import { define } from './core/undo'

const BARE = '@x/unify-logs/register'

/**
 * Names the preload by its path from now on. Node resolves `--require NAME` anew in every child and worker thread, from
 * the working directory that it then has: there a bare name may not be found, and the child dies.
 *
 * @param file absolute path of the preload
 * @returns what to call before the program gets `node:worker_threads`
 */
export function pinPreload(file: string): () => void {
  const words = process.env.NODE_OPTIONS?.split(' ') ?? []
  const { execArgv } = process
  if (![...words, ...execArgv].some(isBare)) return () => undefined
  process.execArgv = pinned(execArgv, file)
  if (words.some(isBare)) {
    const quoted = /[\s"\\]/.test(file) ? JSON.stringify(file) : file
    process.env.NODE_OPTIONS = pinned(words, file, quoted).join(' ')
  }
  const folder = process.cwd()
  return () => pinWorkers(folder)
}

function isBare(word: string): boolean {
  return word === BARE || word.endsWith(`=${BARE}`)
}

function pinned(words: readonly string[], file: string, path = file): string[] {
  return words.map((word, i) => {
    if (!isBare(word)) return word
    const imported = word.startsWith('--import=') || words[i - 1] === '--import'
    return word.replace(BARE, () => (imported ? pathToFileURL(file).href : path))
  })
}

/**
 * A worker thread takes over its parent's flags as they were parsed, unless it is given some in words.
 *
 * @param folder the working directory that they were parsed in
 */
function pinWorkers(folder: string): void {
  const threads = workerThreads()
  const value = new Proxy(threads.Worker, {
    construct(native, [script, options, ...rest], subclass) {
      const start = (options: WorkerOptions) =>
        Reflect.construct(native, [script, options, ...rest], subclass)
      if (process.cwd() === folder || options?.execArgv) return start(options)
      try {
        return start({ ...options, execArgv: process.execArgv })
      } catch (error) {
        // Flags of the whole process (`--expose-gc`), which hold in the thread anyway.
        const refused = /execArgv flags: (.*)/.exec((error as Error).message)?.[1]?.split(', ')
        if (refused === undefined) throw error
        return start({ ...options, execArgv: process.execArgv.filter((flag) => !refused.includes(flag)) })
      }
    },
  })
  define(threads, 'Worker', { ...Object.getOwnPropertyDescriptor(threads, 'Worker'), value })
  syncBuiltinESMExports()
}
