import type { Context } from '../core/context'
import type { Patcher } from '../core/patcher'

/** Makes the row of one library that calls its callbacks in somebody else's context; its file is loaded when the library is. */
export type Carrier = (context: Context) => Patcher

/** One row a library: queues, pools and databases that hand a callback from one interaction to another. */
export const carriers: ReadonlyMap<string, Carrier> = new Map<string, Carrier>([
  ['@redis/client', (context) => (require('./redis') as typeof import('./redis')).redis(context)],
  ['async', (context) => (require('./async') as typeof import('./async')).async(context)],
  ['bottleneck', (context) => (require('./bottleneck') as typeof import('./bottleneck')).bottleneck(context)],
  ['dataloader', (context) => (require('./dataloader') as typeof import('./dataloader')).dataloader(context)],
  ['fastq', (context) => (require('./fastq') as typeof import('./fastq')).fastq(context)],
  [
    'generic-pool',
    (context) => (require('./generic-pool') as typeof import('./generic-pool')).genericPool(context),
  ],
  ['ioredis', (context) => (require('./ioredis') as typeof import('./ioredis')).ioredis(context)],
  ['mongodb', (context) => (require('./mongodb') as typeof import('./mongodb')).mongodb(context)],
  ['mysql', (context) => (require('./mysql') as typeof import('./mysql')).mysql(context)],
  ['mysql2', (context) => (require('./mysql2') as typeof import('./mysql2')).mysql2(context)],
  ['p-queue', (context) => (require('./p-queue') as typeof import('./p-queue')).pQueue(context)],
  ['pg', (context) => (require('./pg') as typeof import('./pg')).pg(context)],
  ['pg-cursor', (context) => (require('./pg') as typeof import('./pg')).pgCursor(context)],
  ['pg-pool', (context) => (require('./pg') as typeof import('./pg')).pgPool(context)],
  ['postgres', (context) => (require('./postgres') as typeof import('./postgres')).postgres(context)],
  ['undici', () => (require('./undici') as typeof import('./undici')).undici()],
])
