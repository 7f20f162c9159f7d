import type { Patcher, Target } from '../../core/patcher'
import { onUndo } from '../../core/undo'
import { levels } from './line'
import { remake, takeLogFunctions } from './log-functions'
import { takeJson, takeReporter } from './reporters'
import { patchLevels } from './thresholds'

const ENTRIES = ['index', 'basic', 'core', 'browser', 'index.basic', 'index.core', 'index.browser']

export const consola: Patcher = {
  package: 'consola',
  versions: '>=2.0.0 <4',
  docs: {
    takes:
      "the built-in reporters on the terminal; what a reporter of the program's own prints through `console`",
    namespace: 'the tag',
    limits: [
      'A `trace` has no stack in its record: `trace` says where it was called.',
      'Where a tag is opted out, the stack that the fancy reporter of 3 prints for its `trace` shows frames of ours.',
      'Prompts stay native.',
    ],
  },
  levels,
  // The shared chunks of 3 have names by content: their classes are reached from the entries.
  files: Object.fromEntries(
    ['dist/consola.cjs.js', 'dist/consola.js']
      .concat(ENTRIES.flatMap((entry) => [`dist/${entry}.cjs`, `dist/${entry}.mjs`]))
      .map((file) => [file, patch]),
  ),
}

/** Prototypes whose log functions are taken, with what made them: the entries of one copy share them. */
const taken = new WeakMap<object, CallableFunction>()

// biome-ignore lint/suspicious/noExplicitAny: the entries of two majors
function patch(exports: any, target: Target): void {
  // The fancy reporter of 3 prints the stack of a trace: where all is opted out, no frame of ours is on it.
  if (target.outlet.native) return
  const instance = exports.consola ?? exports.default ?? exports
  const proto = exports.Consola?.prototype ?? Object.getPrototypeOf(instance)
  const { BasicReporter, FancyReporter, JSONReporter, createConsola } = exports

  // 3 shows its reporters only in instances.
  for (const fancy of createConsola ? [true, false] : []) {
    for (const reporter of createConsola({ fancy }).options.reporters) takeReporter(reporter, target)
  }
  const isLogger = '_logFn' in instance
  if (isLogger) onUndo(instance, () => remake(instance, taken.get(proto)))
  if (taken.has(proto)) return
  taken.set(proto, proto._wrapLogFn)
  for (const reporter of instance._reporters ?? []) takeReporter(reporter, target)
  for (const { prototype } of [BasicReporter, FancyReporter].filter(Boolean)) takeReporter(prototype, target)
  if (JSONReporter) takeJson(JSONReporter.prototype, target)
  takeLogFunctions(proto, target)
  patchLevels(proto, target)
  if (isLogger) remake(instance)
}
