// As they are before a test's fake timers: loaded at start, while who needs them may be loaded with the first line.
export const { now } = Date
export const { setTimeout, clearTimeout } = globalThis
export const { nextTick, hrtime } = process
