import { createRequire } from 'node:module'
import { join } from 'node:path'
import { packageOf } from '../../src/core/packages'
import { ROOT } from './run'

/** Folder of the newest supported version of a logger: which one npm puts on top is its own choice. */
export function newest(logger: string): string {
  const { resolve } = createRequire(join(ROOT, 'fixtures', logger, 'newest/package.json'))
  return packageOf(resolve(logger))?.dir as string
}
