import { EventEmitter, on, once } from 'node:events'
import { createReadStream, readdirSync, readFile, readFileSync } from 'node:fs'
import * as files from 'node:fs/promises'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Context, type ContextFields } from '../../src/core/context'
import { node, ROOT } from '../support/run'

const FIXTURES = join(ROOT, 'fixtures/context')
const context = new Context()
const id = () => context.get().interactionId

/** Ways to go on later. Each answers with the id that it finds there. */
const CARRIERS: Record<string, () => Promise<unknown>> = {
  await: async () => {
    await null
    return id()
  },
  'promise.then': () => Promise.resolve().then(id),
  setTimeout: () => new Promise((done) => setTimeout(() => done(id()), 1)),
  setInterval: () =>
    new Promise((done) => {
      const timer = setInterval(() => {
        clearInterval(timer)
        done(id())
      }, 1)
    }),
  setImmediate: () => new Promise((done) => setImmediate(() => done(id()))),
  nextTick: () => new Promise((done) => process.nextTick(() => done(id()))),
  queueMicrotask: () => new Promise((done) => queueMicrotask(() => done(id()))),
  'timers/promises': () => sleep(1).then(id),
  'fs callback': () => new Promise((done) => readFile(import.meta.filename, () => done(id()))),
  'fs promise': () => files.readFile(import.meta.filename).then(id),
  'a stream of its own': async () => {
    const found = new Set<unknown>()
    for await (const _ of createReadStream(import.meta.filename)) found.add(id())
    return found.size === 1 ? [...found][0] : found
  },
  pipeline: async () => {
    const end = new PassThrough().resume()
    await pipeline(Readable.from(['a', 'b']), end)
    return id()
  },
  'an emitter that it fires itself': async () => {
    const emitter = new EventEmitter()
    const found = new Promise((done) => emitter.on('event', () => done(id())))
    await immediate()
    emitter.emit('event')
    return found
  },
  'events.once': async () => {
    const emitter = new EventEmitter()
    setTimeout(() => emitter.emit('event'), 1)
    await once(emitter, 'event')
    return id()
  },
  'events.on': async () => {
    const emitter = new EventEmitter()
    setTimeout(() => emitter.emit('event'), 1)
    for await (const _ of on(emitter, 'event')) break
    return id()
  },
  'a thenable': async () => {
    // biome-ignore lint/suspicious/noThenProperty: that is the case
    await { then: (done: () => void) => setTimeout(done, 1) }
    return id()
  },
  'an async generator': async () => {
    async function* generate() {
      await sleep(1)
      yield id()
    }
    for await (const found of generate()) return found
  },
}

describe('what carries the context', () => {
  it.each(Object.entries(CARRIERS))('%s', async (_name, carrier) => {
    const runs = ['a', 'b', 'c'].map((interactionId) => context.run({ interactionId }, carrier))
    expect(await Promise.all([...runs, carrier()])).toEqual(['a', 'b', 'c', undefined])
  })

  it('a listener has the context of who emits, unless it is wrapped', () => {
    const emitter = new EventEmitter()
    const found: unknown[] = []
    context.run({ interactionId: 'listener' }, () => {
      emitter.on('event', () => found.push(id()))
      emitter.on(
        'event',
        context.wrap(() => found.push(id())),
      )
    })
    context.run({ interactionId: 'emitter' }, () => emitter.emit('event'))
    emitter.emit('event')
    expect(found).toEqual(['emitter', 'listener', undefined, 'listener'])
  })

  it('20,000 interleaved steps: 0 wrong, 0 missing', async () => {
    const found: boolean[] = []
    const steps = [() => null, () => immediate(), () => new Promise<void>(process.nextTick), () => sleep(0)]
    async function act(interaction: number) {
      for (let step = 0; step < 100; step++) {
        await steps[(interaction + step) % steps.length]?.()
        if (step === 50) context.bind({ userId: interaction })
        const { interactionId, userId } = context.get()
        found.push(interactionId === `i-${interaction}` && userId === (step < 50 ? undefined : interaction))
      }
    }
    const interactions = Array.from({ length: 200 }, (_, i) => i)
    await Promise.all(interactions.map((i) => context.run({ interactionId: `i-${i}` }, () => act(i))))
    expect([found.length, found.filter((right) => !right).length]).toEqual([20_000, 0])
  })
})

describe('run', () => {
  it('adds to the run around it and takes nothing out of it', () => {
    context.run({ interactionId: 'outer', userId: 1 }, () => {
      context.run({ interactionId: 'inner' }, () => {
        expect(context.get()).toEqual({ interactionId: 'inner', userId: 1 })
      })
      expect(context.get()).toEqual({ interactionId: 'outer', userId: 1 })
    })
    expect(context.get()).toEqual({})
  })

  it('copies the fields', () => {
    const fields = { userId: 1 }
    context.run(fields, () => {
      fields.userId = 2
      expect(context.get()).toEqual({ userId: 1 })
    })
  })

  const thrown = [new Error('e'), 'text', undefined, null, Object.freeze(new Error('frozen'))]

  it.each(thrown)('throws what the function throws: %s', (value) => {
    const caught = catching(() =>
      context.run({}, () => {
        throw value
      }),
    )
    expect(caught).toEqual([value])
  })

  it.each(thrown)('rejects with what the promise rejects with: %s', async (value) => {
    const caught = await context.run({}, () => Promise.reject(value)).catch((error) => [error])
    expect(caught[0]).toBe(value)
  })

  class Lazy extends Promise<number> {
    static readonly started: unknown[] = []
    // biome-ignore lint/suspicious/noThenProperty: a promise that starts with its first listener
    override then(...args: unknown[]): never {
      Lazy.started.push(args)
      throw new Error('started')
    }
  }
  const child = Object.assign(Promise.resolve(), { child: {} })
  const untouched: [string, unknown][] = [
    ['a number', 1],
    ['an object', {}],
    ['a function', () => 1],
    // biome-ignore lint/suspicious/noThenProperty: a query builder
    ['a thenable', { then: () => Lazy.started.push('thenable') }],
    ['an instance of a promise class', new Lazy(() => undefined)],
    ['a promise with properties of its own', child],
  ]

  it.each(untouched)('returns %s itself', (_name, value) => {
    expect(context.run({}, () => value)).toBe(value)
    expect(Lazy.started).toEqual([])
  })

  it('returns a promise of the same outcome for an async function', async () => {
    expect(await context.run({}, async () => 7)).toBe(7)
  })
})

describe('bind', () => {
  it('holds for the rest of the enclosing run, from the deepest call on', async () => {
    const login = async () => {
      await sleep(1)
      return [1].map(() => context.bind({ userId: 42 }))
    }
    await context.run({ interactionId: 'a' }, async () => {
      expect(await login()).toEqual([true])
      expect(context.get()).toEqual({ interactionId: 'a', userId: 42 })
      await immediate()
      context.bind({ interactionId: 'b' })
      expect(context.get()).toEqual({ interactionId: 'b', userId: 42 })
    })
    expect(context.get()).toEqual({})
  })

  it('is seen neither by the run around nor by one beside', async () => {
    await context.run({ interactionId: 'outer' }, async () => {
      const beside = context.run({}, async () => {
        await sleep(5)
        return context.get()
      })
      context.run({}, () => context.bind({ userId: 1 }))
      expect(context.get()).toEqual({ interactionId: 'outer' })
      expect(await beside).toEqual({ interactionId: 'outer' })
    })
  })

  it('says false outside of every run and changes nothing', () => {
    expect(context.bind({ userId: 1 })).toBe(false)
    expect(context.get()).toEqual({})
    expect(context.run({}, () => context.get())).toEqual({})
  })
})

describe('get', () => {
  it.each<[string, ContextFields]>([
    ['outside', context.get()],
    ['inside', context.run({ a: 1 }, () => context.get())],
    ['after bind', context.run({}, () => context.bind({ a: 1 }) && context.get()) || {}],
  ])('is frozen: %s', (_where, fields) => {
    expect(Object.isFrozen(fields)).toBe(true)
  })

  it('a field named __proto__ changes no prototype', () => {
    context.run(JSON.parse('{"__proto__":{"polluted":true}}'), () => {
      expect((context.get() as { polluted?: boolean }).polluted).toBeUndefined()
    })
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

describe('wrap', () => {
  it('keeps this, arguments, result and error', () => {
    const wrapped = context.run({ interactionId: 'a' }, () =>
      context.wrap(function (this: unknown, ...args: unknown[]) {
        if (args.length === 0) throw new RangeError('none')
        return [this, args, id()]
      }),
    )
    const self = {}
    expect(wrapped.call(self, 1, 2)).toEqual([self, [1, 2], 'a'])
    expect(() => wrapped()).toThrow(RangeError)
  })

  it('sees what is bound later in its run', () => {
    context.run({}, () => {
      const later = context.wrap(id)
      context.bind({ interactionId: 'late' })
      expect(later()).toBe('late')
    })
  })

  it('outside of every run it means none', () => {
    const outside = context.wrap(id)
    expect(context.run({ interactionId: 'a' }, outside)).toBeUndefined()
  })
})

it('a callback that is carried before the first interaction runs in none', () => {
  const fresh = new Context()
  const carried = fresh.carry(() => fresh.get())
  expect(fresh.run({ interactionId: 'a' }, carried)).toEqual({})
  expect(fresh.carry('no function')).toBe('no function')
})

describe('an error that leaves a run', () => {
  const leaving = (fields: ContextFields, error: unknown) =>
    catching(() =>
      context.run(fields, () => {
        throw error
      }),
    )
  const seenOutside = (error: unknown) => context.fieldsFor(error, context.get())

  it('remembers it, thrown or rejected, and what was bound meanwhile', async () => {
    const error = new Error('e')
    await context
      .run({ interactionId: 'a' }, async () => {
        await sleep(1)
        context.bind({ userId: 1 })
        throw error
      })
      .catch(() => undefined)
    expect(seenOutside(error)).toEqual({ interactionId: 'a', userId: 1 })

    const thrown = new Error('e')
    leaving({ interactionId: 'b' }, thrown)
    expect(seenOutside(thrown)).toEqual({ interactionId: 'b' })
  })

  it("a run's own context wins over it", () => {
    const error = new Error('e')
    leaving({ interactionId: 'a' }, error)
    context.run({ interactionId: 'b' }, () => expect(seenOutside(error)).toEqual({ interactionId: 'b' }))
    context.run({}, () => expect(seenOutside(error)).toEqual({}))
  })

  it('belongs to the innermost run', async () => {
    const error = new Error('e')
    const inner = () => context.run({ step: 1 }, () => Promise.reject(error))
    await context.run({ interactionId: 'a' }, async () => inner()).catch(() => undefined)
    expect(seenOutside(error)).toEqual({ interactionId: 'a', step: 1 })
  })

  it('is nobody’s when it leaves two runs beside each other', async () => {
    const shared = Promise.reject(new Error('no connection'))
    const runs = ['a', 'b'].map((interactionId) => context.run({ interactionId }, async () => shared))
    const errors = await Promise.all(runs.map((run) => run.catch((error) => error)))
    expect(errors.map(seenOutside)).toEqual([{}, {}])
  })

  it('is found as the cause of another, however deep', () => {
    const error = new Error('e')
    leaving({ interactionId: 'a' }, error)
    const wrapped = new Error('outer', { cause: new Error('middle', { cause: error }) })
    expect(seenOutside(wrapped)).toEqual({ interactionId: 'a' })

    const own = new Error('own', { cause: error })
    leaving({ interactionId: 'b' }, own)
    expect(seenOutside(own)).toEqual({ interactionId: 'b' })
    const circle = new Error('circle')
    circle.cause = circle
    expect(seenOutside(circle)).toEqual({})
  })

  it('is found in an AggregateError whose errors are all of one run', () => {
    const one = new Error('1')
    leaving({ interactionId: 'a' }, one)
    expect(seenOutside(new AggregateError([one, new Error('of nobody')]))).toEqual({ interactionId: 'a' })
    expect(seenOutside(new AggregateError([one, new Error('again', { cause: one })]))).toEqual({
      interactionId: 'a',
    })
    const other = new Error('2')
    leaving({ interactionId: 'b' }, other)
    expect(seenOutside(new AggregateError([one, other]))).toEqual({})
  })

  it('no getter of it runs', () => {
    const error = new Error('e')
    for (const key of ['cause', 'errors']) {
      Object.defineProperty(error, key, {
        get: () => {
          throw new Error('read')
        },
      })
    }
    expect(seenOutside(error)).toEqual({})
    expect(seenOutside(new Proxy(error, {}))).toEqual({})
  })

  it('takes no property and no frozen object amiss', () => {
    const error = Object.freeze(new Error('e'))
    leaving({ interactionId: 'a' }, error)
    expect(seenOutside(error)).toEqual({ interactionId: 'a' })
    expect(leaving({}, 'text')).toEqual(['text'])
    expect(seenOutside('text')).toEqual({})
  })
})

describe('a rejection that nobody handles', () => {
  it.each(['run', 'plain'])('is one, with the same reason: %s', async (mode) => {
    const { stdout, code } = await node([join(FIXTURES, 'unhandled.cjs'), mode])
    expect([JSON.parse(stdout), code]).toEqual([['boom, the very error: true'], 0])
  })
})

it('enterWith is nowhere in the build', () => {
  const sources = readdirSync(join(ROOT, 'dist'), { recursive: true, encoding: 'utf8' })
  const scripts = sources.filter((file) => /\.m?js$/.test(file))
  expect(scripts.length).toBeGreaterThan(20)
  const using = scripts.filter((file) => /\.enterWith\b/.test(readFileSync(join(ROOT, 'dist', file), 'utf8')))
  expect(using).toEqual([])
})

describe('node:http', () => {
  it('wrapped listeners of 200 requests over kept connections have their own context, others never a foreign one', async () => {
    const found: [wanted: string, wrapped: unknown, plain: unknown][] = []
    const server = createServer((request, response) =>
      context.run({ interactionId: String(request.url) }, () => {
        let plain: unknown
        request.on('end', () => {
          plain = id()
        })
        const ended = context.wrap(() => {
          found.push([String(request.url), id(), plain])
          response.end()
        })
        request.on('end', ended).resume()
      }),
    )
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const agent = new Agent({ keepAlive: true, maxSockets: 4 })
    const get = (n: number) =>
      new Promise((done, fail) => {
        const options = { port, host: '127.0.0.1', path: `/${n}`, method: 'POST', agent }
        request(options, (response) => response.on('end', done).resume())
          .on('error', fail)
          .end('body')
      })
    await Promise.all(Array.from({ length: 200 }, (_, n) => get(n)))
    agent.destroy()
    server.close()
    expect(found.length).toBe(200)
    expect(found.filter(([wanted, wrapped]) => wrapped !== wanted)).toEqual([])
    expect(found.filter(([wanted, , plain]) => plain !== undefined && plain !== wanted)).toEqual([])
  })
})

function catching(act: () => unknown): unknown[] {
  try {
    act()
    return ['nothing was thrown']
  } catch (error) {
    return [error]
  }
}
