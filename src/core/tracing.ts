import type { Fields } from './record'

/** The parts of `@opentelemetry/api` 1 that its global object has, whichever copy made it. */
interface OpenTelemetry {
  readonly context?: { active(): { getValue(key: symbol): Span | undefined } }
}

interface Span {
  spanContext(): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number }
}

/** dd-trace 3 and later. */
interface Datadog {
  scope(): { active(): { context(): { toTraceparent?(): string } } | null }
}

// Where @opentelemetry/api keeps itself (`global-utils`), and under which key the active span lies (`context-utils`).
const API = Symbol.for('opentelemetry.js.api.1')
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN')

/** A span context whose ids are no zeros, as W3C trace context wants them in a `traceparent`. */
const TRACEPARENT = /^[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})$/

/**
 * The active span of OpenTelemetry or dd-trace, where the process has one of them. Loads neither.
 *
 * @returns `trace_id`, `span_id` and `trace_flags` in lower-case hex, as W3C writes them; undefined outside every span
 */
export function activeSpan(): Fields | undefined {
  const { [API]: api, _ddtrace: datadog } = globalThis as { [API]?: OpenTelemetry; _ddtrace?: Datadog }
  if (api === undefined && datadog === undefined) return undefined
  const span = api?.context?.active().getValue(SPAN)?.spanContext()
  const traceparent =
    span === undefined
      ? datadog?.scope().active()?.context().toTraceparent?.()
      : `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`
  const [, trace_id, span_id, trace_flags] = TRACEPARENT.exec(traceparent ?? '') ?? []
  return trace_id === undefined ? undefined : { trace_id, span_id, trace_flags }
}
