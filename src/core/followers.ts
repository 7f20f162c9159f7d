import { guard } from './guard'
import type { Level } from './levels'

/** Sets the threshold of a library's logger, or puts back the program's own. */
type Apply<T extends object> = (logger: T, level: Level | undefined) => void

interface Follower {
  /** @returns false where the logger is no more */
  update(): boolean
}

/** From so many loggers on, the ones that are no more are looked for. */
const MANY = 1_000

/** The loggers whose thresholds follow `levels`. */
export class Followers {
  #all = new Set<Follower>()
  #crowd = MANY

  /** @param named the lowest level that `levels` lets through, if it says anything of the logger */
  add<T extends object>(logger: T, apply: Apply<T>, named: () => Level | undefined): void {
    const ref = new WeakRef(logger)
    let current: Level | undefined
    const follower: Follower = {
      update() {
        const held = ref.deref()
        if (held === undefined) return false
        const level = named()
        if (level === current) return true
        current = level
        guard('setting the level of a logger', () => apply(held, level), undefined)
        return true
      },
    }
    follower.update()
    this.#all.add(follower)
    if (this.#all.size > this.#crowd) this.update()
  }

  /** Tells each logger what `levels` says of it now. */
  update(): void {
    for (const follower of this.#all) if (!follower.update()) this.#all.delete(follower)
    this.#crowd = Math.max(MANY, this.#all.size * 2)
  }
}
