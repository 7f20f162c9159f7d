import type { Patcher } from '../../core/patcher'
import { patchEnvironment } from './environment'
import { patchFour } from './four'
import { levels } from './line'
import { patchThree } from './three'

export const tslog: Patcher = {
  package: 'tslog',
  // 4.0 to 4.2 import files without their extension, which no Node since 19 does.
  versions: '>=3.0.0 <4 || >=4.4.1 <6',
  docs: {
    takes: 'lines on the terminal, pretty and JSON',
    namespace: "the logger's name, in 4 and 5 behind those of its parents",
    limits: ['4.0 to 4.2 stay native: they do not load in Node 20 and later.'],
  },
  levels,
  files: {
    'dist/cjs/LoggerWithoutCallSite.js': patchThree,
    'dist/cjs/BaseLogger.js': patchFour,
    'dist/esm/BaseLogger.js': patchFour,
    // Since 4.10
    'cjs/BaseLogger.js': patchEnvironment,
    'esm/BaseLogger.js': patchEnvironment,
  },
}
