import type { Patcher } from '../../core/patcher'
import * as environment from './environment'
import { levels } from './line'
import { patchThree } from './three'

export const tslog: Patcher = {
  package: 'tslog',
  // Before 4.9 nothing of 4 can be reached: its functions are bindings of ES modules.
  versions: '>=3.0.0 <4 || >=4.9.0 <6',
  levels,
  files: {
    'dist/cjs/LoggerWithoutCallSite.js': patchThree,
    ...environment.files,
  },
}
