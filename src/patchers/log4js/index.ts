import type { Patcher } from '../../core/patcher'
import { takeOver } from './appenders'
import { levels } from './levels'
import { patchClustering, patchEvent, patchLogger } from './origin'

export const log4js: Patcher = {
  package: 'log4js',
  versions: '>=3.0.0 <7',
  levels,
  files: {
    'lib/LoggingEvent.js': patchEvent,
    'lib/clustering.js': patchClustering,
    'lib/logger.js': patchLogger,
    // The map of appenders, which loads these, keeps the objects and asks them at each configure().
    'lib/appenders/console.js': takeOver(() => console),
    'lib/appenders/stderr.js': takeOver(() => process.stderr),
    'lib/appenders/stdout.js': takeOver(() => process.stdout),
  },
}
