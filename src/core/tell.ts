import { visible } from './escape'
import { writeSync } from './natives'
import { OwnPipe } from './own-pipe'

let stderr: OwnPipe | undefined

/**
 * Says something about ourselves to a person, on stderr. Goes to the file descriptor: a complaint about a logger must
 * pass neither a logger nor `process.stderr`, which may be patched and whose first use changes the descriptor's flags.
 * What a terminal would obey in it is shown, not sent. Never throws, and does not wait for a pipe's reader.
 */
export function tell(text: string): void {
  try {
    stderr ??= new OwnPipe(2)
    stderr.renewed()
    writeSync(stderr.fd, `unify-logs: ${visible(text)}\n`)
  } catch {
    // stderr is closed or full: there is nobody left to tell
  }
}
