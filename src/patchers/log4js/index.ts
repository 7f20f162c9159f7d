import type { Patcher } from '../../core/patcher'
import { takeOver } from './appenders'
import { levels } from './levels'
import { patchClustering, patchEvent, patchLogger } from './origin'
import { patchCategories, patchConfiguration } from './thresholds'

export const log4js: Patcher = {
  package: 'log4js',
  versions: '>=3.0.0 <7',
  docs: {
    takes:
      "the appenders `console`, `stdout`, `stderr`, behind filters and layout. The logger's context is `data`, or what a layout of the program's own prints of it",
    namespace: 'the category',
    limits: [
      "An appender of the program's own that prints later than in the call leaves its line to `console` or to [the net](net.md).",
    ],
  },
  levels,
  files: {
    'lib/LoggingEvent.js': patchEvent,
    'lib/categories.js': patchCategories,
    'lib/clustering.js': patchClustering,
    'lib/configuration.js': patchConfiguration,
    'lib/logger.js': patchLogger,
    // The map of appenders, which loads these, keeps the objects and asks them at each configure().
    'lib/appenders/console.js': takeOver(() => console),
    'lib/appenders/stderr.js': takeOver(() => process.stderr),
    'lib/appenders/stdout.js': takeOver(() => process.stdout),
  },
}
