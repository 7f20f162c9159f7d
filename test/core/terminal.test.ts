import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Outlet } from '../../src/core/patcher'
import { type Claim, claiming, isTerminal, ownerOf, unclaimed } from '../../src/core/terminal'

const outlet = {} as Outlet
const claim = (name: string, mine = (_text: string) => true): Claim => ({
  outlet,
  call: (text) => (mine(text) ? { level: 30, msg: name } : undefined),
})
const owner = (text = 'text') => ownerOf(text)?.call.msg

describe('a claim', () => {
  it('holds for the synchronous extent of its act', async () => {
    const later = claiming(claim('a'), async () => {
      const now = owner()
      await null
      return [now, owner()]
    })
    expect([owner(), await later]).toEqual([undefined, ['a', undefined]])
  })

  it('is the outermost one’s that takes the line for its own', () => {
    const picky = claim('outer', (text) => text.includes('outer'))
    claiming(picky, () =>
      claiming(claim('inner'), () => expect([owner('outer line'), owner()]).toEqual(['outer', 'inner'])),
    )
  })

  it('ends with an error, too', () => {
    expect(() =>
      claiming(claim('a'), () => {
        throw new Error('e')
      }),
    ).toThrow('e')
    expect(owner()).toBeUndefined()
  })

  it('does not hold where lines are their own', () => {
    claiming(claim('a'), () => {
      expect([unclaimed(owner), owner()]).toEqual([undefined, 'a'])
    })
  })
})

describe('isTerminal', () => {
  const replaced = Object.assign(Object.create({ fd: 1 }), { write: () => true })
  it.each<[string, unknown, boolean]>([
    ['stdout by its number', { fd: 1 }, true],
    ['stderr by its number', { fd: 2 }, true],
    ['a file', { fd: 3 }, false],
    ['a stream of the program', new PassThrough(), false],
    ['a stream whose write the host replaced', replaced, false],
    ['no stream', undefined, false],
    ['nothing', null, false],
    ['text', 'stdout', false],
  ])('%s', (_name, stream, expected) => {
    expect(isTerminal(stream)).toBe(expected)
  })
})
