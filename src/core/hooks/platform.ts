import Module from 'node:module'
import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import { guard } from '../guard'
import { receiveNamespaces, withHandover } from './handover'
import type { Targets } from './targets'

/** Sees modules by Node's own means: the end of a CommonJS load, and a synchronous load hook for ES modules. */
export function hookPlatform(targets: Targets): void {
  hookLoaded(targets)
  hookLoad(targets)
}

/**
 * Node sets `module.loaded` when a CommonJS file has run, and right before `import` copies its exports. To be told by
 * that assignment keeps us off the stack: a wrapped `_compile` is a frame in every trace of a program's start, and so
 * in the text of its crashes.
 */
function hookLoaded(targets: Targets): void {
  Object.defineProperty(Module.prototype, 'loaded', {
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

function hookLoad(targets: Targets): void {
  receiveNamespaces(targets)
  Module.registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      return isTarget(targets, url) ? withHandover(loaded, url) : loaded
    },
  })
}

function isTarget(targets: Targets, url: string): boolean {
  if (!url.startsWith('file:')) return false
  return guard('looking at an imported file', () => targets.find(fileURLToPath(url)) !== undefined, false)
}
