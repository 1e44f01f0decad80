import { describe, expect, it } from 'vitest'
import { shadeOf } from '../../../dashboard/web/completion.tsx'
import { chance, figure, short, since, tokens, visible, words } from '../../../dashboard/web/format.ts'
import { addressOf, placeOf } from '../../../dashboard/web/use-hash.ts'

describe('figures', () => {
  it('are shortened for the eye', () => {
    expect(short(`0x${'ab'.repeat(32)}`)).toBe('0xabab…abab')
    expect([1234567, 0.25, 0.000012, 'end'].map(figure)).toEqual(['1,234,567', '0.2500', '1.20e-5', 'end'])
    expect(words('largestDeviation')).toBe('largest deviation')
    expect(tokens('1234.56')).toBe('1,235')
    expect([0, 0.00001, 0.0094].map(chance)).toEqual(['0 %', '< 0.01 %', '0.94 %'])
    expect([-3, 60, 600, 7200, 999_999].map(since)).toEqual([
      '0 s ago',
      '60 s ago',
      '10 min ago',
      '2 h ago',
      '12 days ago',
    ])
  })

  it('show what has no shape of its own', () => {
    expect(['', 'a\n', '\t'].map(visible)).toEqual(['end', 'a⏎', '⇥'])
  })

  it('shade a token more the less likely it is', () => {
    expect([-0.01, -1, -2, -4, -9].map(shadeOf)).toEqual([0, 1, 2, 3, 4])
  })
})

describe('an address', () => {
  it.each([
    ['', { miner: 'all', rollout: null }],
    ['#rollouts/2', { miner: '2', rollout: null }],
    ['#rollouts/all/3-2-0-1', { miner: 'all', rollout: '3-2-0-1' }],
    ['#rollouts/2/3-2-0-1', { miner: '2', rollout: '3-2-0-1' }],
    ['#rollouts/../3-2-0', { miner: 'all', rollout: null }],
  ])('%s is a place', (hash, place) => {
    expect(placeOf(hash)).toEqual(place)
    if (hash.startsWith('#rollouts/2') || hash.startsWith('#rollouts/all'))
      expect(addressOf(place)).toBe(hash)
  })
})
