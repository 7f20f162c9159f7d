import { wrapMethod } from '../../core/shim'

const ids = new WeakMap<object, string>()

/** The id of the container that holds a logger. */
export function containerIdOf(logger: object | undefined): string | undefined {
  return logger && ids.get(logger)
}

/** In winston 2 the class is a property, and `get` another name of the same method. */
export function patchContainer(exports: CallableFunction & { readonly Container?: CallableFunction }): void {
  const { prototype } = exports.Container ?? exports
  for (const key of ['add', 'get']) {
    wrapMethod(prototype, key, (native, container, args) => {
      const logger = Reflect.apply(native, container, args)
      ids.set(logger, String(args[0]))
      return logger
    })
  }
}

/** Loaded before us, the default container may have loggers: a Map, in winston 2 an object. */
export function patchDefault({ loggers: { loggers } }: { loggers: { loggers: object } }): void {
  const known = loggers instanceof Map ? loggers : Object.entries(loggers)
  for (const [id, logger] of known) ids.set(logger, String(id))
}
