import { describe, expect, it } from 'vitest'
import { type Around, unwrapped, wrapMethod, wrapped, wrapSlot } from '../../src/core/shim'

const through: Around = (native, self, args) => Reflect.apply(native, self, args)

function add(this: unknown, a: number, b: number): unknown[] {
  return [this, a + b]
}
const counted = Object.assign(add.bind(undefined), { calls: 3 })

describe('wrapped', () => {
  it('looks like the native function', () => {
    const wrapper = wrapped(add, through)
    expect([wrapper.name, wrapper.length, typeof wrapper]).toEqual(['add', 2, 'function'])
    expect(wrapper).not.toBe(add)
    expect(unwrapped(wrapper)).toBe(add)
  })

  it('keeps this, arguments and result', () => {
    const self = { method: wrapped(add, through) }
    expect(self.method(1, 2)).toEqual([self, 3])
  })

  it('constructs where the native one does', () => {
    class Job {
      constructor(readonly name: string) {}
    }
    const Wrapped = wrapped(Job as never, (native, self, args) => Reflect.apply(native, self, args))
    const job = Reflect.construct(Wrapped, ['a'])
    expect([job instanceof Job, job instanceof Wrapped, job.name]).toEqual([true, true, 'a'])
    class Sub extends (Wrapped as unknown as typeof Job) {}
    expect(new Sub('b')).toBeInstanceOf(Sub)
    expect(() =>
      Reflect.construct(
        wrapped(() => 1, through),
        [],
      ),
    ).toThrow(TypeError)
  })

  it('hands on what the native one throws', () => {
    const error = new Error('native')
    const wrapper = wrapped(() => {
      throw error
    }, through)
    expect(() => wrapper()).toThrow(error)
  })

  it('answers properties of the native one, later ones too', () => {
    const wrapper = wrapped(counted, through) as unknown as typeof counted & { later?: number }
    Object.assign(counted, { later: 1 })
    expect([wrapper.calls, wrapper.later]).toEqual([3, 1])
  })

  it.each<[string, Around]>([
    [
      'before the call',
      () => {
        throw new Error('ours')
      },
    ],
    [
      'after the call',
      (native, self, args) => {
        Reflect.apply(native, self, args)
        throw new Error('ours')
      },
    ],
  ])('a failure of ours %s: called once, with its result', (_when, around) => {
    let calls = 0
    const wrapper = wrapped(() => ++calls, around)
    expect([wrapper(), calls]).toEqual([1, 1])
  })

  it('unwrapped leaves everything else alone', () => {
    for (const value of [add, undefined, null, 1, {}]) expect(unwrapped(value)).toBe(value)
  })
})

describe('wrapMethod', () => {
  it.each([
    { writable: true, enumerable: true, configurable: true },
    { writable: true, enumerable: false, configurable: true },
    { writable: false, enumerable: false, configurable: true },
  ])('keeps the flags of the property: %o', (flags) => {
    const owner = Object.defineProperty({}, 'add', { ...flags, value: add })
    wrapMethod(owner, 'add', through)
    const { value, ...kept } = Object.getOwnPropertyDescriptor(owner, 'add') as PropertyDescriptor
    expect([kept, unwrapped(value)]).toEqual([flags, add])
  })

  it('wraps once', () => {
    const owner = { add }
    wrapMethod(owner, 'add', through)
    const { add: first } = owner
    wrapMethod(owner, 'add', through)
    expect(owner.add).toBe(first)
  })

  it('wraps an inherited method in place, its class alone', () => {
    class Base {
      act() {
        return 'native'
      }
    }
    class Sub extends Base {}
    wrapMethod(Sub.prototype, 'act', () => 'wrapped')
    expect([new Sub().act(), new Base().act()]).toEqual(['wrapped', 'native'])
  })

  it.each([
    ['no function', { add: 1 }],
    ['nothing', {}],
    ['a frozen object', Object.freeze({ add })],
  ])('throws and changes nothing: %s', (_name, owner) => {
    const before = Object.getOwnPropertyDescriptors(owner)
    expect(() => wrapMethod(owner, 'add', through)).toThrow(TypeError)
    expect(Object.getOwnPropertyDescriptors(owner)).toEqual(before)
  })
})

describe('wrapSlot', () => {
  const tagged: Around = (native, self, args) => `wrapped ${Reflect.apply(native, self, args)}`
  const slot = () => {
    const owner: { act: unknown } = { act: () => 'native' }
    wrapSlot(owner, 'act', tagged)
    return owner as { act: () => unknown }
  }

  it('takes a function that the host assigns later inside', () => {
    const owner = slot()
    expect(owner.act()).toBe('wrapped native')
    owner.act = () => 'later'
    expect(owner.act()).toBe('wrapped later')
  })

  it('survives being wrapped and put back by somebody else', () => {
    const owner = slot()
    const saved = owner.act
    owner.act = () => `theirs ${saved()}`
    expect(owner.act()).toBe('wrapped theirs wrapped native')
    owner.act = saved
    expect(owner.act).toBe(saved)
    expect(owner.act()).toBe('wrapped native')
  })

  it('hands back what is no function', () => {
    const owner = slot() as { act: unknown }
    owner.act = undefined
    expect(owner.act).toBeUndefined()
  })

  it('hands back a function that cannot be wrapped', () => {
    const owner = slot()
    const hostile = new Proxy(() => 'hostile', {
      getOwnPropertyDescriptor() {
        throw new Error('hands off')
      },
    })
    owner.act = hostile
    expect(owner.act).toBe(hostile)
    expect(owner.act()).toBe('hostile')
  })

  it('is one function at every reading, enumerable as before', () => {
    const owner = slot()
    expect(owner.act).toBe(owner.act)
    expect(Object.keys(owner)).toEqual(['act'])
  })
})
