// As they are before a test mocks the file system or the clock: this is loaded at start, while who needs them may be
// loaded with the first line.
export const { closeSync, constants, fstatSync, openSync, readSync, statSync, writeSync } =
  process.getBuiltinModule('node:fs')
export const { now } = Date
export const { setTimeout, clearTimeout } = globalThis
export const { nextTick } = process
const { hrtime } = process

/** In ms, from any beginning. `performance.now` would load a dozen files of Node's. */
export function elapsed(): number {
  return Number(hrtime.bigint()) / 1e6
}
