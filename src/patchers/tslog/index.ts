import type { Patcher } from '../../core/patcher'
import * as environment from './environment'
import { levels } from './line'
import { patchThree } from './three'

export const tslog: Patcher = {
  package: 'tslog',
  // Before 4.9 nothing of 4 can be reached: its functions are bindings of ES modules.
  versions: '>=3.0.0 <4 || >=4.9.0 <6',
  docs: {
    takes: 'lines on the terminal, pretty and JSON',
    namespace: "the logger's name, in 4 and 5 behind those of its parents",
    limits: [
      "4.0 to 4.8 are not taken over, which one line on stderr says: their functions are bindings of ES modules. Their lines are `console`'s.",
    ],
  },
  levels,
  files: {
    'dist/cjs/LoggerWithoutCallSite.js': patchThree,
    ...environment.files,
  },
}
