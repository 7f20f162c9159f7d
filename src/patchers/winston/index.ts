import type { Patcher, Target } from '../../core/patcher'
import { patchContainer, patchDefault } from './containers'
import { patchJson } from './json'
import { levels } from './levels'
import * as pipeline from './pipeline'
import * as transports from './transports'
import * as two from './two'

/** Each file has another job in the two majors, or is in one of them only. */
// biome-ignore lint/suspicious/noExplicitAny: the exports of a foreign library, in any of its versions
type Patch = (exports: any, target: Target) => void

function byMajor({ two, three }: { readonly two?: Patch; readonly three?: Patch }): Patch {
  return (exports, target) => (target.version.startsWith('2.') ? two : three)?.(exports, target)
}

export const winston: Patcher = {
  package: 'winston',
  versions: '>=2.0.0 <4',
  docs: {
    takes: 'the transports Console and, in 3, Stream; behind the formats',
    namespace: 'the `label`; else the id in the container',
    limits: [
      'The Error of `child.error(error)` has its stack in `data`, and no `err`: winston makes a plain object of it.',
      "What a transport of the program's own prints through `console` is `console`'s.",
    ],
  },
  levels,
  // The last two: Nest's own logger is called, and hands the line on.
  frames: [
    ...['async', 'logform', 'readable-stream', 'winston-transport'],
    ...['nest-winston', '@nestjs/common'],
  ],
  files: {
    'lib/winston.js': (exports) => {
      patchDefault(exports)
      patchJson(exports)
    },
    'lib/winston/common.js': byMajor({ two: two.patchCommon }),
    'lib/winston/container.js': patchContainer,
    'lib/winston/logger.js': byMajor({ two: two.patchLogger, three: pipeline.patchLogger }),
    'lib/winston/transports/console.js': byMajor({ two: two.patchConsole, three: transports.patchConsole }),
    'lib/winston/transports/stream.js': byMajor({ three: transports.patchStream }),
  },
}
