import { captured } from './captured'
import { guard } from './guard'
import { plain } from './message'
import type { Outlet } from './patcher'
import type { LogCall } from './record'
import { unwrapped } from './shim'

/**
 * A logger's claim on what it prints through somebody else (a library that ends in `console`, a `log` function of the
 * user's own). While it runs, a line that reaches the terminal is the claimant's, not the terminal writer's.
 */
export interface Claim {
  readonly outlet: Outlet
  /**
   * @param printed the text that reached the terminal, without colours
   * @returns the call as the claimant knows it, or undefined where the line is not its own: a user's callback that logs
   */
  call(printed: string): LogCall | undefined
  /** True where the logger may print through another one, whose lines are its own then if `call` says so. */
  readonly wrapsLoggers?: true
}

/** The claims in force for the current synchronous extent, the outermost first. */
let claims: readonly Claim[] = []

/** Runs `act` under a claim, inside those in force. Each line that reaches the terminal is a record. */
export function claiming<T>(claim: Claim, act: () => T): T {
  return under([...claims, claim], act)
}

/** Whether a claim is in force. */
export function isClaimed(): boolean {
  return claims.length > 0
}

/** What a logger has written to the terminal since `collecting` began. */
interface Collection {
  readonly claim: Claim
  text: string
  readonly writes: Write[]
}

/** One write to a stream, whose fate is not known yet. */
export interface Write {
  /** Prints it after all. */
  print(): unknown
  /** Tells the caller that it is done, where a record was made of it. */
  done?(): void
}

let collection: Collection | undefined

/**
 * Runs `act` under a claim for a logger that writes one line in pieces, or several lines of one message, to the streams
 * or console: all that it wrote is one record, made when `act` has ended. Inside another collection the outer one's.
 */
export function collecting<T>(claim: Claim, act: () => T): T {
  if (collection !== undefined) return act()
  const mine: Collection = { claim, text: '', writes: [] }
  collection = mine
  try {
    return claiming(claim, act)
  } finally {
    collection = undefined
    if (mine.writes.length > 0) {
      const taken = settle(mine)
      for (const write of mine.writes) taken ? write.done?.() : passing(() => write.print())
    }
  }
}

/**
 * Adds a write to the collection in progress.
 *
 * @returns false where nothing is being collected
 */
export function collect(text: string, write: Write): boolean {
  if (collection === undefined) return false
  collection.text += text
  collection.writes.push(write)
  return true
}

/** Whether a line belongs to the collection in progress: a user's callback that logs makes a record of its own. */
export function collects(printed: string): boolean {
  return collection !== undefined && collection.claim.call(printed) !== undefined
}

function settle({ claim, text }: Collection): boolean {
  const take = () => {
    const call = claim.call(plain(text))
    return call !== undefined && claim.outlet.write(call)
  }
  return guard('recording what a logger wrote', () => unclaimed(take), false)
}

let isPassing = false

/** Runs `act`, whose writes to the terminal pass as they are: a library that is opted out prints. */
export function passing<T>(act: () => T): T {
  const outer = isPassing
  isPassing = true
  try {
    return act()
  } finally {
    isPassing = outer
  }
}

/** Whether writes to the terminal pass as they are. */
export function passes(): boolean {
  return isPassing
}

/** The process's own two streams. */
export type StreamName = 'stdout' | 'stderr'

/** What stands on a stream behind its last line end. */
interface Piece {
  /** True where it was printed: what comes next stands behind it. */
  printed: boolean
  /** Text that waits for its end, not printed yet. */
  held(): string
  /** Lets go of what waits: it is part of a record. */
  take(): void
}

/** The line that each stream is in. */
export const pieces: Record<StreamName, Piece> = {
  stdout: { printed: false, held: () => '', take: () => undefined },
  stderr: { printed: false, held: () => '', take: () => undefined },
}

/**
 * Makes the record of a line that reached a stream, together with the piece of it that waits there.
 *
 * @returns false where the line is to be printed
 */
export function writeLine(stream: StreamName, { outlet, call }: { outlet: Outlet; call: LogCall }): boolean {
  const held = plain(pieces[stream].held())
  const whole = held === '' ? call : { ...call, msg: held + call.msg }
  const taken = unclaimed(() => outlet.write(whole))
  if (taken && held !== '') pieces[stream].take()
  return taken
}

/** Runs `act` outside every claim: what it prints is its own. */
export function unclaimed<T>(act: () => T): T {
  return claims.length === 0 ? act() : under([], act)
}

/**
 * The owner of a line that reached the terminal: the outermost logger that claims it is the one the program called.
 *
 * @param printed the line without colours
 */
export function ownerOf(printed: string, among = claims): { outlet: Outlet; call: LogCall } | undefined {
  for (const claim of among) {
    const call = claim.call(printed)
    if (call !== undefined) return { outlet: claim.outlet, call }
  }
  return undefined
}

/** The owner of a line that a logger is about to print by itself: an outer one that wraps it. */
export function wrapperOf(printed: string): ReturnType<typeof ownerOf> {
  if (claims.length === 0) return undefined
  return ownerOf(
    printed,
    claims.filter(({ wrapsLoggers }) => wrapsLoggers),
  )
}

function under<T>(inner: readonly Claim[], act: () => T): T {
  const outer = claims
  claims = inner
  try {
    return act()
  } finally {
    claims = outer
  }
}

/**
 * Whether a write to `stream` would reach the process's own stdout or stderr, whatever those are (a TTY, a pipe, a
 * file). A stream whose `write` the host replaced is the host's own sink.
 *
 * Asks the descriptor number first: reading `process.stdout` creates it and makes a shared pipe non-blocking, which is
 * right only for the stream that the library was about to use anyway. In worker threads the streams have no number.
 *
 * @param write the function that the library calls on it
 */
export function isTerminal(
  stream: unknown,
  write = (stream as { write?: unknown } | undefined)?.write,
): boolean {
  if (typeof stream !== 'object' || stream === null) return false
  // A host that puts back what it replaced leaves the inherited function as the stream's own.
  if (unwrapped(write) !== Object.getPrototypeOf(stream)?.write) return false
  const fd = (stream as { fd?: unknown }).fd
  if (fd !== undefined) return fd === 1 || fd === 2
  return (stream === process.stdout && !captured.stdout) || (stream === process.stderr && !captured.stderr)
}
