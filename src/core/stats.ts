/** How the interactions of this thread fare. */
export interface ContextStats {
  /** Interactions whose end is still to come: requests, and runs whose promise is pending. */
  readonly alive: number
  /** Records that belong to nobody, written while an interaction was alive. */
  readonly without: number
  /** Records that were called after their interaction had ended: they are marked `late`. */
  readonly late: number
}

/** What became of the records. `accepted` is `written`, all of `dropped` and `pending` together, always. */
export interface RecordStats {
  /** Records that were to leave. */
  readonly accepted: number
  /** Records that have left the process whole; for a pino transport, that were handed over to it. */
  readonly written: number
  /** Records that never will, by the error that stood in the way: `EAGAIN` is a reader that takes nothing, `FAULT` one of ours. */
  readonly dropped: Readonly<Record<string, number>>
  /** Records that wait for the destination. */
  readonly pending: number
  /** What is left of them, in bytes. */
  readonly backlog: number
  /** Failed writes by the code of the error. */
  readonly errors: Readonly<Record<string, number>>
  /** How long calls have waited for a reader of a non-blocking destination, in ms. */
  readonly blockedMs: number
}

/** Counts of this thread since it started. */
export interface Stats extends RecordStats {
  readonly contexts: ContextStats
}

/** The counts as they grow. */
export type Counts = {
  -readonly [K in keyof RecordStats]: RecordStats[K] extends number ? number : Record<string, number>
}

export function count(counts: Record<string, number>, key: string, more = 1): void {
  counts[key] = (counts[key] ?? 0) + more
}
