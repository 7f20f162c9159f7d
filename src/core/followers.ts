import { guard } from './guard'
import type { Level } from './levels'

/** Sets the threshold of a library's logger, or puts back the program's own. */
type Apply<T extends object> = (logger: T, level: Level | undefined) => void

/** @returns false where the logger is no more */
type Follower = () => boolean

/**
 * So many loggers of one namespace are followed. A server makes one for each request, and a weak reference each would
 * keep them until V8's next full collection: most of what making one costs.
 */
const MANY = 1_000

/** Follows `levels`. */
interface Member {
  /** @returns false where nothing is left to do */
  update(): boolean
}

/** The loggers of one source and namespace whose thresholds follow `levels`. */
export class Followers implements Member {
  readonly #all = new Set<Follower>()
  #refused = 0

  /**
   * @param crowd all that `levels` has to reach
   * @param named the lowest level that `levels` lets through, if it says anything of these loggers
   */
  constructor(
    private readonly crowd: Crowd,
    private readonly named: () => Level | undefined,
  ) {}

  /** Sets the logger's threshold now, and whenever `levels` changes; beyond `MANY` that are alive only now. */
  add<T extends object>(logger: T, apply: Apply<T>): void {
    let current: Level | undefined
    const follow = (logger: T): void => {
      const level = this.named()
      if (level === current) return
      current = level
      guard('setting the level of a logger', () => apply(logger, level), undefined)
    }
    follow(logger)
    if (this.#all.size >= MANY && ++this.#refused % MANY === 0) this.update()
    if (this.#all.size >= MANY) return
    const ref = new WeakRef(logger)
    this.#all.add(() => {
      const logger = ref.deref()
      if (logger !== undefined) follow(logger)
      return logger !== undefined
    })
    this.crowd.add(this)
  }

  update(): boolean {
    for (const follower of this.#all) if (!follower()) this.#all.delete(follower)
    return this.#all.size > 0
  }
}

/** All that follows `levels`. */
export class Crowd {
  readonly #all = new Set<Member>()
  #limit = MANY

  add(member: Member): void {
    this.#all.add(member)
    if (this.#all.size > this.#limit) this.update()
  }

  /** Tells each logger what `levels` says of it now. */
  update(): void {
    for (const member of this.#all) if (!member.update()) this.#all.delete(member)
    this.#limit = Math.max(MANY, this.#all.size * 2)
  }
}
