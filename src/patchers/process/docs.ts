import type { PatcherDocs } from '../../core/patcher'

/** For the page of the loggers. */
export const docs: PatcherDocs = {
  takes: 'process warnings; beside the text of a crash a record of it',
  namespace: '`warning`, `uncaughtException`, `unhandledRejection`; `deprecation` for [depd](net.md)',
  limits: [
    'Node prints the text of a crash as ever: it stands beside the record.',
    'A crash in a worker thread is a record where it ends the process.',
  ],
}
