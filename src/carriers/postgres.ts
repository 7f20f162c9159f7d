import type { Context } from '../core/context'
import type { Patcher } from '../core/patcher'
import { type Class, carry, detach } from './methods'

/** Calls back for one query in the context of the one that opened the connection. */
export function postgres(context: Context): Patcher {
  const patch = ({ Query: { prototype } }: { Query: Class }) => {
    carry(prototype, ['forEach', 'cursor'], context)
    // Whatever starts a query goes through here, to the connection that it may open.
    detach(prototype, ['handle'], context)
  }
  return {
    package: 'postgres',
    versions: '>=3.3.5 <4',
    docs: { takes: 'no line: only the context of its callbacks' },
    levels: {},
    files: { 'cjs/src/query.js': patch, 'src/query.js': patch },
  }
}
