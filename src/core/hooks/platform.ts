import { Module } from 'node:module'
import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hasLoaded } from '../builtins'
import { guard } from '../guard'
import { wrapMethod } from '../shim'
import { define, onUndo } from '../undo'
import { receiveNamespaces, withHandover } from './handover'
import { loading, type Targets } from './targets'

/**
 * Sees modules by Node's own means: the end of a CommonJS load, and a synchronous load hook for ES modules.
 *
 * @param beforeThreads called once, before the program gets `node:worker_threads`
 */
export function hookPlatform(targets: Targets, beforeThreads: () => void): void {
  hookLoaded(targets)
  hookLoad(targets, beforeThreads)
}

/**
 * Node sets `module.loaded` when a CommonJS file has run, and right before `import` copies its exports. To be told by
 * that assignment keeps us off the stack: a wrapped `_compile` is a frame in every trace of a program's start, and so
 * in the text of its crashes.
 */
function hookLoaded(targets: Targets): void {
  define(Module.prototype, 'loaded', {
    configurable: true,
    get: () => undefined,
    set(this: NodeModule, loaded: boolean) {
      setOwn(this, loaded)
      const file = this.id
      if (guard('looking at a file to load', () => isAbsolute(file) && targets.find(file), undefined)) {
        whenLoaded(this, () => {
          this.exports = targets.required(this.exports, file)
        })
      }
    },
  })
}

function whenLoaded(module: NodeModule, act: () => void): void {
  Object.defineProperty(module, 'loaded', {
    configurable: true,
    enumerable: true,
    get: () => false,
    set(loaded: boolean) {
      setOwn(module, loaded)
      if (loaded) guard('looking at a loaded file', act, undefined)
    },
  })
}

/** The property as it is without us. */
function setOwn(module: NodeModule, loaded: boolean): void {
  Object.defineProperty(module, 'loaded', {
    value: loaded,
    configurable: true,
    enumerable: true,
    writable: true,
  })
}

const THREADS = 'node:worker_threads'

function hookLoad(targets: Targets, beforeThreads: () => void): void {
  receiveNamespaces(targets)
  const expecting = expectThreads(beforeThreads)
  const hooks = Module.registerHooks({
    load(url, context, nextLoad) {
      // pino loads it with the first line, and few programs make a thread.
      if (url === THREADS && !loading.aside) expecting()
      const loaded = nextLoad(url, context)
      // CommonJS passes here too, and to look up a file by its URL costs more than all the rest of the hook.
      return loaded.format === 'module' && isTarget(targets, url) ? withHandover(loaded, url) : loaded
    },
  })
  onUndo(Module, () => hooks.deregister())
}

function isTarget(targets: Targets, url: string): boolean {
  if (!url.startsWith('file:')) return false
  return guard('looking at an imported file', () => targets.find(fileURLToPath(url)) !== undefined, false)
}

/** @returns what to call before the program loads `node:worker_threads` */
function expectThreads(act: () => void): () => void {
  let waits = true
  const once = (): void => {
    if (!waits) return
    waits = false
    act()
  }
  if (hasLoaded('worker_threads')) once()
  // Load hooks do not see who asks `process` for it
  const take = () =>
    wrapMethod(process, 'getBuiltinModule', (native, self, args) => {
      if (waits && String(args[0]).endsWith('worker_threads')) once()
      return Reflect.apply(native, self, args)
    })
  guard('standing around process.getBuiltinModule', take, undefined)
  return once
}
