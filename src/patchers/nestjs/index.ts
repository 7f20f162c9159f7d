import type { Patcher } from '../../core/patcher'
import { patchConsoleLogger } from './console-logger'
import { patchLogger } from './facade'
import { levels } from './line'

export const nestjs: Patcher = {
  package: '@nestjs/common',
  versions: '>=10.0.0 <13',
  docs: {
    takes: '`Logger`, `ConsoleLogger` and its subclasses, as text or JSON',
    namespace: 'the context',
    limits: [
      'A subclass that overrides `printMessages` prints by itself: its lines are those of `console` or of [the net](net.md).',
    ],
  },
  levels,
  files: {
    'services/console-logger.service.js': patchConsoleLogger,
    'services/logger.service.js': patchLogger,
  },
}
