import { Module } from 'node:module'

/**
 * True where `module.registerHooks` is sound. In the versions before, a load hook that changes nothing already makes
 * imported CommonJS skip the compile step and rejects its missing source (https://github.com/nodejs/node/pull/59929).
 */
export function soundPlatform(): boolean {
  if (typeof Module.registerHooks !== 'function') return false
  const [major = 0, minor = 0, patch = 0] = process.versions.node
    .split('.')
    .map((part) => Number.parseInt(part, 10))
  if (major === 22) return minor > 22 || (minor === 22 && patch >= 3)
  if (major === 24) return minor > 11 || (minor === 11 && patch >= 1)
  if (major === 25) return minor >= 1
  return major >= 26
}
