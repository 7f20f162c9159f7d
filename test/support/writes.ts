import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect } from 'vitest'
import type { Run } from './run'

/** Preload of a native run: `writes` then knows each write to the terminal. */
export const OBSERVER = ['--require', join(import.meta.dirname, 'writes.cjs')]

export interface Write {
  readonly stream: string
  readonly text: string
}

/** Each write to the terminal of a native run. Nothing may have reached the terminal past the two streams. */
export function writes({ observed, stdout, stderr }: Run): readonly Write[] {
  const all: Write[] = observed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .map(([stream, text]) => ({ stream, text }))
  const on = (name: string) => all.flatMap(({ stream, text }) => (stream === name ? text : [])).join('')
  expect(on('stdout')).toBe(stdout)
  expect(on('stderr')).toBe(stderr)
  return all
}

/** Without colours, the line's end, and what differs between any two runs. */
export function normal(msg: string): string {
  return (
    stripVTControlCharacters(msg)
      .replace(/\b\d+(\.\d+)?( ?[mμ]?s| secs)\b/g, 'N ms')
      .replace(/(127\.0\.0\.1:|localhost:|port: |"port":"?)\d+/g, '$1PORT')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z|\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/g, 'DATE')
      .replace(/\b[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\b/g, 'UUID')
      // MongoDB's durations.
      .replace(/\b(\w*(?:MS|Time)"?: ?)\d+/g, '$1N')
      // A session of engine.io: random bytes and a counter.
      .replace(/(?<![\w-])[\w-]{16}AAA\w(?![\w-])/g, 'SESSION')
      .replace(/\b(id |karma-)\d+\b/g, '$1N')
      // google-auth-library numbers its requests at random.
      .replace(/^\[\d+\] (?=request|response)/, '[N] ')
      // How deep in Node's own code a stack begins.
      .replace(/\n +at [^\n]*\bnode:[^\n]*/g, '')
      .replace(/\n+$/, '')
  )
}
