import { pathToFileURL } from 'node:url'

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
  return () => {
    const { pinWorkers } = require('./core/workers') as typeof import('./core/workers')
    pinWorkers(folder)
  }
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
