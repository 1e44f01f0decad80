import fc from 'fast-check'
import { getAddress, type Hex } from 'viem'
import { describe, expect, it } from 'vitest'
import {
  auditSeed,
  childSeed,
  hashTokens,
  tokenBoundSeed,
  windowSeed,
} from '../../../../shared/protocol/seed.ts'
import { hexOf, uint32 } from '../../../helpers/arbitraries.ts'

const parent: Hex = `0x${'5a'.repeat(32)}`
const opening = {
  chainId: 1,
  rolloutLog: `0x${'ab'.repeat(20)}` as Hex,
  window: 7,
  blockHash: `0x${'01'.repeat(32)}` as Hex,
  randomness: `0x${'02'.repeat(32)}` as Hex,
}

describe('windowSeed', () => {
  it('changes with every one of its inputs', () => {
    const other = {
      chainId: 2,
      rolloutLog: `0x${'ac'.repeat(20)}` as Hex,
      window: 8,
      blockHash: parent,
      randomness: parent,
    }
    const seeds = Object.entries(other).map(([name, value]) => windowSeed({ ...opening, [name]: value }))
    expect(new Set([windowSeed(opening), ...seeds]).size).toBe(6)
  })

  it('does not depend on how an address is written', () => {
    expect(windowSeed({ ...opening, rolloutLog: getAddress(opening.rolloutLog) })).toBe(windowSeed(opening))
  })
})

describe('child seeds', () => {
  it('differ by tag, parent and every index', () => {
    fc.assert(
      fc.property(fc.array(uint32, { minLength: 1, maxLength: 4 }), hexOf(32), (indices, other) => {
        fc.pre(other !== parent)
        const seed = childSeed('problem', parent, ...indices)
        expect(childSeed('problem', parent, ...indices)).toBe(seed)
        expect(childSeed('sample', parent, ...indices)).not.toBe(seed)
        expect(childSeed('problem', other, ...indices)).not.toBe(seed)
        expect(childSeed('problem', parent, ...indices, 0)).not.toBe(seed)
        indices.forEach((index, i) => {
          expect(childSeed('problem', parent, ...indices.with(i, (index ^ 1) >>> 0))).not.toBe(seed)
        })
      }),
      { seed: 1 },
    )
  })

  it('bound to tokens differ from those that are not, and by tokens', () => {
    const tokens = hashTokens([1, 2])
    const seed = tokenBoundSeed('sketch', parent, tokens, 1, 2, 3)
    expect(seed).not.toBe(childSeed('sketch', parent, 1, 2, 3))
    expect(seed).not.toBe(tokenBoundSeed('sketch', parent, hashTokens([2, 1]), 1, 2, 3))
    expect(seed).not.toBe(tokenBoundSeed('evidence', parent, tokens, 1, 2, 3))
  })

  it('refuse an index that is not a uint32', () => {
    for (const index of [-1, 2 ** 32, 0.5]) expect(() => childSeed('problem', parent, index)).toThrow()
  })
})

it('auditSeed depends on the window and on the later beacon', () => {
  const seed = auditSeed(parent, opening.randomness)
  expect(auditSeed(opening.blockHash, opening.randomness)).not.toBe(seed)
  expect(auditSeed(parent, opening.blockHash)).not.toBe(seed)
})

it('hashTokens distinguishes every list of ids', () => {
  fc.assert(
    fc.property(fc.array(uint32), fc.array(uint32), (a, b) => {
      expect(hashTokens(a) === hashTokens(b)).toBe(JSON.stringify(a) === JSON.stringify(b))
    }),
    { seed: 1 },
  )
})
