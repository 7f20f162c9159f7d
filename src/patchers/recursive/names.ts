import { LEVELS, type Level } from '../../core/levels'

const { trace, debug, info, warn, error, fatal } = LEVELS

/** What private loggers call their methods, and the level of each. */
export const levels: Readonly<Record<string, Level>> = {
  ...{ silly: trace, trace, finest: trace, finer: trace, verbose: debug, fine: debug, debug },
  ...{ log: info, info, information: info, notice: info, http: info, success: info },
  ...{ warn, warning: warn, error, severe: error },
  ...{ fatal, critical: fatal, crit: fatal, alert: fatal, emerg: fatal, panic: fatal },
}

export const LEVEL_NAMES = Object.keys(levels)

/** Methods that speak of something else than a logger: a client, a stream, a response, a query builder. */
export const FOREIGN_VERBS = [
  ...['pipe', 'then', 'query', 'connect', 'json', 'render', 'send', 'fetch', 'request', 'listen', 'exec'],
  ...['find', 'insert', 'select', 'publish', 'subscribe', 'hset', 'multi'],
]

/** Methods of a logger whose result is a logger too. */
export const CHILD_MAKERS = [
  ...[
    'child',
    'createChild',
    'getChild',
    'fork',
    'namespace',
    'extend',
    'scope',
    'scoped',
    'create',
    'clone',
  ],
  ...['sublog', 'subLogger', 'getSubLogger', 'createLogger', 'getLogger', 'newScope', 'with', 'withTag'],
  ...['withScope', 'withName', 'withPrefix', 'withContext', 'withFields', 'withDefaults'],
]

/** Whole words: `decodeLog`, `addJobLog`, `getBucketLogging` are none. */
const FACTORY =
  /^(?:create|get|make|new|build)(?:[A-Z_]\w*)?_?[Ll]ogger$|^logger(?:For[A-Z]\w*|For|Factory)?$/

const LOGGER = /log(?:ger|ging)?$/i
const LOGGER_CLASS = /Logger$/

/** @param name of a function that may make loggers */
export function namesFactory(name: string): boolean {
  return FACTORY.test(name)
}

/** @param name of a value that may be a logger */
export function namesLogger(name: string): boolean {
  return LOGGER.test(name)
}

/** @param name of a class whose instances may be loggers */
export function namesLoggerClass(name: string): boolean {
  return LOGGER_CLASS.test(name)
}
