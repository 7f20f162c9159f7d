import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IDENTITY, REGISTER, type Run } from './run'

/** A program whose stdout is a pipe that is read as slowly as a test likes. `spawn` itself gives a socket. */
export class Piped {
  readonly #reader: number
  #socket: Socket | undefined
  #stdout = ''
  readonly #texts: [string, string] = ['', '']
  readonly #child: ChildProcess
  readonly #closed: Promise<[number | null, NodeJS.Signals | null]>

  /** @param flags of Node; the preload by default */
  constructor(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
    flags: readonly string[] = ['--require', IDENTITY, '--require', REGISTER],
  ) {
    const dir = mkdtempSync(join(tmpdir(), 'fifo-'))
    const path = join(dir, 'fifo')
    execFileSync('mkfifo', [path])
    this.#reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const writer = openSync(path, constants.O_WRONLY)
    rmSync(dir, { recursive: true })
    this.#child = spawn(process.execPath, [...flags, ...args], {
      env: { PATH: process.env.PATH, UNIFY_LOGS_FORMAT: 'json', ...env },
      stdio: ['pipe', writer, 'pipe', 'pipe'],
    })
    closeSync(writer)
    for (const [i, fd] of [2, 3].entries()) {
      this.#child.stdio[fd]?.on('data', (chunk) => {
        this.#texts[i] += chunk
      })
    }
    this.#closed = new Promise((resolve) =>
      this.#child.on('close', (code, signal) => resolve([code, signal])),
    )
  }

  /** Reads from now on. */
  read(): void {
    this.#socket = new Socket({ fd: this.#reader, readable: true, writable: false })
    this.#socket.setEncoding('utf8').on('data', (text) => {
      this.#stdout += text
    })
  }

  /** Reads so many bytes in each hundredth of a second. */
  readSlowly(bytes: number): void {
    this.read()
    const socket = this.#socket as Socket
    let taken = 0
    socket.on('data', (text) => {
      taken += text.length
      if (taken < bytes) return
      taken = 0
      socket.pause()
      setTimeout(() => socket.resume(), 10)
    })
  }

  /** Closes the reader's end. */
  hangUp(): void {
    if (this.#socket === undefined) closeSync(this.#reader)
    else this.#socket.destroy()
  }

  /** Lets the program go on that waits for its stdin. */
  go(): void {
    this.#child.stdin?.write('go\n')
  }

  /** Resolves when the program has told `word` on descriptor 3. */
  async told(word: string): Promise<void> {
    while (!this.#texts[1].includes(`"word":"${word}"`)) {
      const { exitCode, signalCode } = this.#child
      if (exitCode !== null || signalCode !== null) throw new Error(`ended before ${word}: ${this.#texts[0]}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  /** Resolves when the program has ended, and what it wrote is read. */
  async end(): Promise<Run> {
    const [code, signal] = await this.#closed
    const socket = this.#socket
    if (socket !== undefined && !socket.closed) await new Promise((resolve) => socket.on('close', resolve))
    const [stderr, observed] = this.#texts
    if (stderr.includes('IDENTITY')) throw new Error(`records are missing in stats(): ${stderr}`)
    return { stdout: this.#stdout, stderr, observed, code, signal }
  }
}
