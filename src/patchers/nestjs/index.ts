import type { Patcher } from '../../core/patcher'
import { patchConsoleLogger } from './console-logger'
import { patchLogger } from './facade'
import { levels } from './line'

export const nestjs: Patcher = {
  package: '@nestjs/common',
  versions: '>=10.0.0 <13',
  levels,
  files: {
    'services/console-logger.service.js': patchConsoleLogger,
    'services/logger.service.js': patchLogger,
  },
}
