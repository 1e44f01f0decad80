import { describe, expect, it } from 'vitest'
import { decideConsensus } from '../../../../shared/protocol/consensus.ts'
import { decideExactly } from '../../../../shared/protocol/exact-consensus.ts'
import { fromRatio, one } from '../../../../shared/protocol/fixed-point.ts'
import { rowTotal } from '../../../../shared/protocol/score.ts'
import { createSeededRandom } from '../../../helpers/seeded-random.ts'

const rules = {
  kappa: 32_767,
  bondsPenalty: 65_535,
  bondsMovingAveragePpm: 0,
  quorumPpm: 666_667,
  minerSharePpm: 500_000,
  minValidatorStake: 1n,
}

describe('what quantisation costs', () => {
  it.each([
    { miners: 16, validators: 16, bound: 0.0003 },
    { miners: 256, validators: 16, bound: 0.004 },
    { miners: 256, validators: 64, bound: 0.004 },
  ])(
    'is below $bound of incentives for $validators validators and $miners miners',
    ({ miners, validators, bound }) => {
      const distances: number[] = []
      for (let seed = 0; seed < 8; seed++) {
        const random = createSeededRandom(seed)
        const quality = Array.from({ length: miners }, () => random() ** 2)
        const stakes = Array.from({ length: validators }, () => BigInt(1 + Math.floor(random() * 1e9)))
        const rows = stakes.map(() => quality.map((q) => q * (0.9 + 0.2 * random())))
        const [ours, exact] = [quantised(rows, stakes), exactly(rows, stakes)]
        distances.push(ours.reduce((sum, share, uid) => sum + Math.abs(share - exact[uid]), 0))
      }
      expect(Math.max(...distances)).toBeLessThan(bound)
    },
  )
})

/** Miners' shares as the contract decides them, from rows of 15-bit weights. */
function quantised(rows: readonly (readonly number[])[], stakes: readonly bigint[]): number[] {
  const decided = decideConsensus(
    rows.map((row, uid) => {
      const total = row.reduce((a, b) => a + b, 0)
      return { stake: stakes[uid], weights: row.map((weight) => Math.floor((weight * rowTotal) / total)) }
    }),
    rules,
  )
  const ranks = decided?.ranks ?? []
  const sum = ranks.reduce((a, b) => a + b, 0)
  return ranks.map((rank) => rank / sum)
}

/** The same in fixed point of 32 bits, from rows of 16-bit weights. Miners come first in the one uid space. */
function exactly(rows: readonly (readonly number[])[], stakes: readonly bigint[]): number[] {
  const miners = rows[0].length
  const n = miners + rows.length
  const each = <Value>(value: Value) => Array.from({ length: n }, () => value)
  const emission = 10n ** 15n
  const { serverEmission } = decideExactly({
    stake: [...Array.from({ length: miners }, () => 0n), ...stakes],
    stakeThreshold: 0n,
    permit: each(0).map((_, uid) => uid >= miners),
    maxValidators: n,
    inactive: each(false),
    lastUpdate: each(1n),
    registeredAt: each(0n),
    previousEpochBlock: 1n,
    weights: [
      ...Array.from({ length: miners }, () => []),
      ...rows.map((row) => {
        const largest = Math.max(...row)
        return row.map((weight, uid) => [uid, BigInt(Math.round((weight * 65_535) / largest)) * one] as const)
      }),
    ],
    bonds: each([]),
    kappa: fromRatio(32_767n, 65_535n),
    bondsPenalty: one,
    bondsMovingAverage: 0n,
    emission,
  })
  const paid = serverEmission.slice(0, miners).map(Number)
  const sum = paid.reduce((a, b) => a + b, 0)
  return paid.map((amount) => amount / sum)
}
