/** How the interactions of this thread fare. */
export interface ContextStats {
  /** Interactions whose end is still to come: requests, and runs whose promise is pending. */
  readonly alive: number
  /** Records that belong to nobody, written while an interaction was alive. */
  readonly without: number
  /** Records that were called after their interaction had ended: they are marked `late`. */
  readonly late: number
}

/** Counts of this thread since it started. */
export interface Stats {
  readonly contexts: ContextStats
}
