import type { Context } from '../core/context'
import type { Patcher } from '../core/patcher'
import { type Class, detach } from './methods'

/** Calls the factory for one caller in the context of another, which made room. What it makes is the pool's anyway. */
export function genericPool(context: Context): Patcher {
  const patch = ({ prototype }: Class) =>
    detach(prototype, ['_createResource', '_destroy', '_testOnBorrow'], context)
  return {
    package: 'generic-pool',
    versions: '>=3.9.0 <4',
    docs: { takes: 'no line: only the context of its factory' },
    levels: {},
    files: { 'lib/Pool.js': patch },
  }
}
