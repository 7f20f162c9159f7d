import type { PatcherDocs } from '../../core/patcher'

/** For the page of the loggers. */
export const docs: PatcherDocs = {
  takes: "each method that prints, and each `Console` on the process's own streams",
  limits: [
    'The indentation of a group is not in `msg`.',
    'Of a method that was bound before us (`const { log } = console`), or is one of a `Console` class that was taken before us, only the stream is known.',
    'Under `node --print` everything stays native: its stdout is the result.',
  ],
}
