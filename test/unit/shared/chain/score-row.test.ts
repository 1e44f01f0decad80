import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unpackUints } from '../../../../shared/chain/packed-uints.ts'
import { encodeWeights } from '../../../../shared/chain/score-row.ts'

describe('score row', () => {
  it('packs weights as big-endian uint16', () => {
    expect(encodeWeights([1, 32_767, 0])).toBe('0x00017fff0000')
    expect(encodeWeights([])).toBe('0x')
  })

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(32_767)), (weights) => {
        expect(unpackUints(encodeWeights(weights), 2)).toEqual(weights)
      }),
    )
  })
})
