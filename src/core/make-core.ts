import type { Config } from './config'
import type { Context } from './context'
import { Crowd } from './followers'
import { LEVELS } from './levels'
import { contextMembers } from './members'
import type { Core } from './outlet'
import { compilePolicy } from './policy'
import { compileRedaction } from './redact'
import { createSink, type Sink } from './sink'
import { createTracer } from './trace'

const TRACE_FROM = { always: Number.NEGATIVE_INFINITY, warn: LEVELS.warn, off: Number.POSITIVE_INFINITY }

/** What all outlets share, and the first line needs. */
export function makeCore(config: Config, context: Context): Core {
  const sink = config.fold ? folding(createSink(config)) : createSink(config)
  const policy = compilePolicy(config)
  const redactor = compileRedaction(config.redact)
  return {
    policy,
    context,
    followers: new Crowd(),
    tracer: createTracer(config.root),
    traceFrom: TRACE_FROM[config.trace],
    redactor,
    contextMembers: contextMembers(policy.shows, redactor),
    sink,
  }
}

function folding(sink: Sink): Sink {
  const { folding } = require('./fold') as typeof import('./fold')
  return folding(sink)
}
