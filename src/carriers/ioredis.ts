import type { Context } from '../core/context'
import type { Patcher } from '../core/patcher'
import { type Class, detach } from './methods'

/** What a connection hears is nobody's: callbacks come by promises, which know theirs. */
export function ioredis(context: Context): Patcher {
  const patch = (exports: { default?: Class }) =>
    detach(((exports.default ?? exports) as Class).prototype, ['connect'], context)
  return {
    package: 'ioredis',
    versions: '>=4.0.0 <7',
    docs: { takes: 'no line: only the context of its events' },
    levels: {},
    files: { 'built/Redis.js': patch, 'built/redis/index.js': patch, 'built/redis.js': patch },
  }
}
