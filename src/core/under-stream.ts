// biome-ignore-all lint/suspicious/noExplicitAny: the arguments of a foreign call

import { isUtf8 } from 'node:buffer'
import { isSafe } from './escape'
import { LEVELS, type Level } from './levels'
import { type Chunk, Lines, type Take } from './lines'
import { plain } from './message'
import { nextTick } from './natives'
import type { Outlet } from './patcher'
import { shapeOf } from './shape'
import { type Around, unwrapped } from './shim'
import { collect, ownerOf, passes, passing, type StreamName, unclaimed, writeLine } from './terminal'

type Stream = NodeJS.WriteStream
type Done = (error: null) => void

/** The level of a line that says nothing of it. */
export const levels: Readonly<Record<StreamName, Level>> = { stdout: LEVELS.info, stderr: LEVELS.warn }

/** What stands under one of the process's streams. */
export interface UnderStream {
  readonly write: Around
  /** Prints the beginning of a line that waits for its end. */
  release(): void
}

/**
 * @param outletOf the outlet of any source, where the stream's unclaimed lines become records; else they pass
 */
export function underStream(
  stream: Stream,
  name: StreamName,
  outletOf: ((source: string) => Outlet) | undefined,
): UnderStream {
  const lines = new Lines(name, outletOf && taker(name, outletOf))
  return { write: aroundWrite(stream, name, lines), release: () => lines.release() }
}

function aroundWrite(stream: Stream, name: StreamName, lines: Lines): Around {
  return (native, self, args, below) => {
    const print = () => Reflect.apply(native, self, args)
    if (self !== stream) return print()
    const pass = () => lines.pass(args[0], print)
    const text = passes() || !stream.writable ? undefined : textOf(args)
    if (text === undefined) return pass()
    if (collect(text, { print: pass, done: () => done(args) })) return true
    const owner = ownerOf(plain(text))
    if (owner === undefined) return lines.write(chunkOf(stream, native, args, text), below)
    if (!writeLine(name, owner)) return passing(pass)
    done(args)
    return true
  }
}

function chunkOf(stream: Stream, watched: Stream['write'], args: any[], text: string): Chunk {
  const native = unwrapped(watched)
  return {
    text,
    waits: !stream.isTTY,
    pass: () => Reflect.apply(native, stream, args),
    print: (part) => Reflect.apply(native, stream, [part, 'utf8']),
    printLast: (part) => Reflect.apply(native, stream, [part, 'utf8', callbackOf(args)]),
    done: () => done(args),
  }
}

/** Makes records of what nobody claims, by what it looks like. */
function taker(name: StreamName, outletOf: (source: string) => Outlet): Take {
  return (message, below) => {
    const shape = shapeOf(message) ?? { level: levels[name], msg: plain(message).trim() }
    const { source = name, family, namespace, time, level, msg, data, err } = shape
    if (shape.record && isSafe(message.replace(/\n$/, ''))) return false
    const kin = family === undefined ? undefined : outletOf(family).child(namespace)
    if (kin?.native) return false
    if (kin?.enabled(level) === false) return true
    const own = outletOf(source).child(namespace)
    if (own.native) return false
    const stamp = time === undefined ? undefined : { ...own.stamp(level, below), time }
    return unclaimed(() => own.write({ level, msg, data, err, below, stamp }))
  }
}

/** Undefined for bytes that are no text, or that end within a line: they may be anything; and for what Node refuses. */
function textOf([chunk, encoding]: any[]): string | undefined {
  const named = !encoding || typeof encoding === 'function' ? 'utf8' : encoding
  if (typeof chunk === 'string') {
    if (!Buffer.isEncoding(named)) return undefined
    const isText = /^utf-?8$/i.test(named)
    return isText ? chunk : textOf([Buffer.from(chunk, named)])
  }
  if (named !== 'buffer' && !Buffer.isEncoding(named)) return undefined
  // `at` throws where the memory has been handed to a thread.
  if (!(chunk instanceof Uint8Array) || chunk[chunk.length - 1] !== 10 || !isUtf8(chunk) || chunk.includes(0))
    return undefined
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString()
}

function callbackOf([, encoding, callback]: any[]): Done | undefined {
  return [encoding, callback].find((arg) => typeof arg === 'function')
}

/** Tells the caller what a write that went well tells: later, and by a callback. */
function done(args: any[]): void {
  const callback = callbackOf(args)
  if (callback) nextTick(callback, null)
}
