// biome-ignore-all lint/suspicious/noControlCharactersInRegex: terminal sequences are what it looks for

import { guard } from './guard'
import { bare } from './message'
import { nextTick } from './natives'
import { shapeOf } from './shape'
import { pieces, type StreamName, type Write } from './terminal'
import { listen } from './undo'

/** One call of a stream's `write`, whose chunk is text. */
export interface Chunk {
  readonly text: string
  /** False where a line without its end must not wait for it: somebody looks at a screen. */
  readonly waits: boolean
  /** Prints it as it came. */
  pass(): boolean
  /** Prints a part of it. */
  print(part: string): boolean
  /** Prints its last part: the caller is told when that is done. */
  printLast(part: string): boolean
  /** Tells the caller that it is done. */
  done(): void
}

/** Makes a record of a message; false where it is to be printed. */
export type Take = (message: string, below: CallableFunction) => boolean

/**
 * What moves the cursor or erases (spinners, progress bars, prompts): every control sequence but colours, links, and
 * the `\r` of a line end.
 */
const MOVES = /\r(?!\n)|[\b\v\f]|\u001b(?!\[[\d;:]*m|\]8;|\\)|\u009b(?![\d;:]*m)/
/** Hides the cursor, or shows it again: who hides it draws. */
const CURSOR = /\[\?25([hl])/g
/** A line that is longer has no need of its end: it is no log line. */
const LONGEST = 65_536
const TAIL = 256
/** A line that belongs to the one above, in the same chunk: of a stack, of an object's closing bracket. */
const CONTINUES = /^[\s}\])]/

const holders = new Set<Lines>()
let listening = false
/** True while the program draws, on whichever stream. */
let drawing = false

/** The lines of one stream. */
export class Lines {
  /** True where the beginning of the line was printed: its rest follows it. */
  #begun = false
  /** The beginning of a line whose end may come in this tick, and the writes that it came in. */
  #held = ''
  #writes: Write[] = []

  /** @param take absent where lines pass as they are */
  constructor(
    private readonly name: StreamName,
    private readonly take: Take | undefined,
  ) {
    pieces[name].held = () => this.#held
    pieces[name].take = () => {
      for (const write of this.#clear()) write.done?.()
    }
  }

  /** Prints a chunk as it came. */
  pass<T>(chunk: unknown, print: () => T): T {
    this.release()
    const ends = endsLine(chunk)
    if (ends !== undefined) this.#begun = pieces[this.name].printed = !ends
    if (typeof chunk === 'string' && chunk.includes('[?25'))
      for (const [, show] of chunk.matchAll(CURSOR)) drawing = show === 'l'
    return print()
  }

  /**
   * Makes records of the messages in a chunk. A line without its end waits for it until the tick is over; then it is
   * printed, and so is the rest of it.
   *
   * @param below the stream's `write`: the caller's frame is the one below it
   * @returns what `write` returns
   */
  write(chunk: Chunk, below: CallableFunction): boolean {
    const { take } = this
    const { text } = chunk
    if (take === undefined) return this.pass(text, chunk.pass)
    const end = text.lastIndexOf('\n') + 1
    const rest = this.#begun ? text.indexOf('\n') + 1 : 0
    const onlyRest = this.#begun && rest === end
    if (drawing || onlyRest || MOVES.test(text)) return this.pass(text, chunk.pass)
    if (end === 0) return this.#hold(text, { print: chunk.pass, done: chunk.done }, chunk.waits)

    if (rest > 0) chunk.print(text.slice(0, rest))
    const lines = this.#held + text.slice(rest, end)
    const kept = messagesOf(lines).filter((message) => !take(message, below))
    if (kept.join('') === lines && rest === 0) return this.pass(text, chunk.pass)

    this.#begun = pieces[this.name].printed = false
    for (const write of this.#clear()) write.done?.()
    const room = kept.length === 0 || chunk.print(kept.join(''))
    const tail = text.slice(end)
    if (tail !== '') {
      const write = { print: () => chunk.printLast(tail), done: chunk.done }
      return this.#hold(tail, write, chunk.waits) && room
    }
    chunk.done()
    return room
  }

  /** Prints what waits. */
  release(): void {
    if (this.#writes.length === 0) return
    this.#begun = pieces[this.name].printed = true
    for (const write of this.#clear()) write.print()
  }

  #hold(text: string, write: Write & { print(): boolean }, waits: boolean): boolean {
    const exiting = (process as { _exiting?: boolean })._exiting === true
    if (text === '' || !waits || exiting || this.#held.length + text.length > LONGEST)
      return this.pass(text, write.print)
    this.#held += text
    if (this.#writes.push(write) > 1) return true
    holders.add(this)
    releaseInTime()
    return true
  }

  #clear(): readonly Write[] {
    const writes = this.#writes
    this.#writes = []
    this.#held = ''
    holders.delete(this)
    return writes
  }
}

function releaseInTime(): void {
  nextTick(() => guard('printing what waited', releaseAll, undefined))
  if (listening) return
  listening = true
  listen('exit', releaseAll)
  // A crash ends the tick, and Node prints its text before `exit`.
  listen('uncaughtExceptionMonitor', releaseAll)
}

function releaseAll(): void {
  for (const lines of holders) lines.release()
}

/** Complete lines, those together that are one message. */
function messagesOf(lines: string): string[] {
  if (lines.indexOf('\n') === lines.length - 1) return [lines]
  const messages: string[] = []
  let block = false
  for (const line of lines.split(/(?<=\n)/)) {
    const above = messages.at(-1)
    const belongs =
      above !== undefined &&
      (above.trim() === '' || CONTINUES.test(line) || (block && shapeOf(line) === undefined))
    if (belongs) messages[messages.length - 1] = above + line
    else messages.push(line)
    if (!belongs || above.trim() === '') block = shapeOf(line)?.block === true
  }
  return messages
}

/** Undefined where the chunk shows nothing. */
function endsLine(chunk: unknown): boolean | undefined {
  if (typeof chunk === 'string') {
    if (chunk.endsWith('\n')) return true
    // What is behind the last line end is colours or text: a tail tells, however long the chunk.
    const shown = bare(chunk.slice(-TAIL))
    return shown === '' ? undefined : shown.endsWith('\n')
  }
  if (!(chunk instanceof Uint8Array) || chunk.length === 0) return undefined
  return chunk.at(-1) === 10
}
