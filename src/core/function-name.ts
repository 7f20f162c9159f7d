import { lazily } from './lazily'

/** Receivers that are no class: their functions are named alone. `Module` is what V8 calls an ESM namespace. */
const NO_CLASS = new Set(['Object', 'Function', 'Array', 'Module'])
const capital = lazily('u', String.raw`^[_$]*\p{Lu}`)
/** V8 names `exports.handle = () => …` after the whole left side. */
const LEFT_SIDE = /^(?:[^\s./[\]]+\.)+(?=[^\s./[\]]+$)/
/** esbuild and webpack wrap a module in a function with the name of its file. */
const FILE_NAME = /\.[cm]?[jt]sx?$/

/**
 * How people call the function that a frame runs: `TaskProcessor.processFrame`, `new Task`, `handle`, `#private`,
 * `<anonymous>`, or `<module>` at the top level.
 *
 * @param frame a frame of V8's
 * @param place where it is in the sources
 */
export function functionName(
  frame: NodeJS.CallSite,
  { file, wrapped }: { readonly file: string | undefined; readonly wrapped?: boolean },
): string {
  const name = frame.getFunctionName()?.replace(/^[gs]et /, '')
  if (frame.isConstructor()) return `new ${name || '<anonymous>'}`
  if (!name) return wrapped || isModule(frame) ? '<module>' : '<anonymous>'
  if (FILE_NAME.test(name) && file?.endsWith(name.replace(/^\.\//, ''))) return '<module>'
  const method = frame.getMethodName()
  // a function that is called on an object, or is its timer, is no method of it: V8 knows it by another name there
  if (method && (name === method || name.endsWith(`.${method}`))) {
    const owner = className(frame, method)
    return owner ? `${owner}.${method}` : method
  }
  return name.replace(LEFT_SIDE, '').replace('<computed>', '<anonymous>')
}

/** The top level of a module and the CommonJS function around it start where the file starts. */
function isModule(frame: NodeJS.CallSite): boolean {
  return frame.getEnclosingLineNumber() === 1 && frame.getEnclosingColumnNumber() === 1
}

function className(frame: NodeJS.CallSite, method: string): string | undefined {
  let type = frame.getTypeName() ?? ''
  if (type === 'Function') {
    // before V8 12 (Node 20, 22) only the text of the frame knows the class of a static method
    const text = String(frame)
    type = text.slice(0, Math.max(0, text.indexOf(`.${method} `))).replace(LEFT_SIDE, '')
  }
  // Node 24 calls a function that carries others (`router.handle`) by its own name: only the capital tells a class
  return capital().test(type) && !NO_CLASS.has(type) ? type : undefined
}
