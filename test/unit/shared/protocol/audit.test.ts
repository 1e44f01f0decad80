import fc from 'fast-check'
import { type Hex, keccak256, numberToHex } from 'viem'
import { describe, expect, it } from 'vitest'
import {
  auditCount,
  ownCount,
  ownSample,
  sharedSample,
  sketchPositions,
} from '../../../../shared/protocol/audit.ts'
import type { Rules } from '../../../../shared/protocol/rules.ts'
import { hexOf, uint32 } from '../../../helpers/arbitraries.ts'

const rules: Rules = {
  groupSize: 4,
  maxGroups: 64,
  auditRatePpm: 200_000,
  auditFloor: 3,
  sketchPositions: 4,
  coefficients: { base: 1, correctness: 0, reasoning: 0, satisfaction: 0, signal: 0 },
}
const seedOf = (i: number): Hex => keccak256(numberToHex(i))
const key = ({ group, rollout }: { group: number; rollout: number }) => group * rules.groupSize + rollout

describe('auditCount', () => {
  it('is the rate rounded up, at least the floor, at most all', () => {
    const count = (total: number, auditRatePpm: number, auditFloor: number) =>
      auditCount(total, { auditRatePpm, auditFloor })
    expect(count(100, 200_000, 3)).toBe(20)
    expect(count(101, 200_000, 3)).toBe(21)
    expect(count(10, 1, 3)).toBe(3)
    expect(count(2, 1, 3)).toBe(2)
    expect(count(50, 1_000_000, 0)).toBe(50)
  })

  it('is four times a validator’s own, which is never empty', () => {
    const own = (auditFloor: number) => ownCount(1000, { auditRatePpm: 1, auditFloor })
    expect([1, 4, 5, 8, 1000].map(own)).toEqual([1, 1, 2, 2, 250])
  })
})

describe.each([
  [
    'sharedSample',
    (seed: Hex, miner: number, groups: number) => sharedSample(seed, miner, groups, rules),
    auditCount,
  ],
  [
    'ownSample',
    (seed: Hex, miner: number, groups: number) => ownSample(seed, 1, miner, groups, rules),
    ownCount,
  ],
])('%s', (_, sample, count) => {
  it('is distinct, ascending, within range, of the size that the rules ask, and the same every time', () => {
    fc.assert(
      fc.property(hexOf(32), uint32, fc.integer({ min: 1, max: 64 }), (seed, miner, groups) => {
        const chosen = sample(seed, miner, groups)
        const keys = chosen.map(key)
        expect(keys).toEqual([...new Set(keys)].sort((a, b) => a - b))
        expect(chosen.every(({ group, rollout }) => group < groups && rollout < rules.groupSize)).toBe(true)
        expect(chosen.length).toBe(count(groups * rules.groupSize, rules))
        expect(sample(seed, miner, groups)).toEqual(chosen)
      }),
      { seed: 1 },
    )
  })

  it('reaches every rollout about equally often', () => {
    const groups = 5
    const counts = new Array(groups * rules.groupSize).fill(0)
    const windows = 3000
    for (let i = 0; i < windows; i++) for (const at of sample(seedOf(i), 0, groups)) counts[key(at)]++
    const share = count(counts.length, rules) / counts.length
    const deviation = Math.sqrt(windows * share * (1 - share))
    for (const seen of counts) expect(Math.abs(seen - windows * share)).toBeLessThan(4.5 * deviation)
  })

  it('differs by beacon and by miner', () => {
    const samples = [sample(seedOf(1), 0, 32), sample(seedOf(2), 0, 32), sample(seedOf(1), 1, 32)]
    expect(new Set(samples.map((chosen) => JSON.stringify(chosen))).size).toBe(3)
  })
})

describe('ownSample', () => {
  it('differs by validator, and from the shared sample', () => {
    const samples = [
      sharedSample(seedOf(1), 0, 32, rules),
      ...[0, 1, 2].map((validator) => ownSample(seedOf(1), validator, 0, 32, rules)),
    ]
    expect(new Set(samples.map((chosen) => JSON.stringify(chosen))).size).toBe(4)
  })
})

describe('sketchPositions', () => {
  it('is distinct, ascending, within the rollout, and as many as asked where there are as many', () => {
    fc.assert(
      fc.property(hexOf(32), fc.nat(63), fc.integer({ min: 1, max: 200 }), (seed, group, length) => {
        const positions = sketchPositions(seed, 0, { group, rollout: 1 }, length, rules)
        expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b))
        expect(positions.every((position) => position < length)).toBe(true)
        expect(positions.length).toBe(Math.min(4, length))
      }),
      { seed: 1 },
    )
  })

  it('reaches every position about equally often, the last included', () => {
    const counts = new Array(12).fill(0)
    const rollouts = 3000
    for (let i = 0; i < rollouts; i++) {
      for (const at of sketchPositions(seedOf(i), 0, { group: 0, rollout: 0 }, 12, rules)) counts[at]++
    }
    const deviation = Math.sqrt((rollouts * (1 / 3) * 2) / 3)
    for (const count of counts) expect(Math.abs(count - rollouts / 3)).toBeLessThan(4.5 * deviation)
  })
})
