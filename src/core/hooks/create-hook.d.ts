/** import-in-the-middle publishes no types for this file. */
declare module 'import-in-the-middle/create-hook.mjs' {
  import type { LoadHook, LoadHookSync, ResolveHook, ResolveHookSync } from 'node:module'

  export function createHook(meta: { url: string }): {
    applyOptions(options: { shouldInclude(url: string, specifier: string): boolean }): void
    resolve: ResolveHook
    load: LoadHook
    resolveSync: ResolveHookSync
    loadSync: LoadHookSync
  }
}
