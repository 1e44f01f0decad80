import { describe, expect, it } from 'vitest'
import { noBonds } from '../../../../shared/protocol/bonds.ts'
import { decideConsensus } from '../../../../shared/protocol/consensus.ts'
import { decideExactly, type ExactEpoch } from '../../../../shared/protocol/exact-consensus.ts'
import { fromRatio, one } from '../../../../shared/protocol/fixed-point.ts'
import { weightRow } from '../../../../shared/protocol/score.ts'
import type { SparseMatrix } from '../../../../shared/protocol/sparse-matrix.ts'
import { createSeededRandom } from '../../../helpers/seeded-random.ts'

const validators = 12
const rules = {
  ...{ kappa: 32_767, bondsPenalty: 65_535, bondsMovingAveragePpm: 900_000, quorumPpm: 666_667 },
  ...{ minerSharePpm: 500_000, minValidatorStake: 1n },
}

/** Scores as validators measure them: of the same miners, each with errors of its own. */
function scoresOf(random: () => number, miners: number): bigint[][] {
  const quality = Array.from({ length: miners }, () => 500_000 + random() * 1_000_000)
  return Array.from({ length: validators }, () => {
    return quality.map((value) => BigInt(Math.round(value * (0.9 + 0.2 * random()))))
  })
}

/** One uid space: validators first, as the production chain has it. */
function exactEpoch(stakes: readonly bigint[], scores: readonly bigint[][], bonds: SparseMatrix): ExactEpoch {
  const n = validators + scores[0].length
  const each = <T>(value: T) => Array.from({ length: n }, () => value)
  return {
    ...{ stakeThreshold: 0n, maxValidators: n, previousEpochBlock: 1n, bonds, emission: 10n ** 18n },
    stake: each(0n).map((_, uid) => stakes[uid] ?? 0n),
    permit: each(true),
    inactive: each(false),
    lastUpdate: each(1n),
    registeredAt: each(0n),
    weights: each([]).map((_, uid) => {
      const sum = scores[uid]?.reduce((a, b) => a + b, 0n) ?? 1n
      return scores[uid]?.map((score, j) => [validators + j, (score * one) / sum] as const) ?? []
    }),
    kappa: fromRatio(32_767n, 65_535n),
    bondsPenalty: one,
    bondsMovingAverage: fromRatio(900_000n, 1_000_000n),
  }
}

function distance(parts: readonly number[], exact: readonly bigint[]): number {
  const [sum, whole] = [parts.reduce((a, b) => a + b, 0), Number(exact.reduce((a, b) => a + b, 0n))]
  return parts.reduce((total, part, i) => total + Math.abs(part / sum - Number(exact[i]) / whole), 0)
}

/** The mean distances in L1 over three epochs each of ten subnets. */
function meanOf(miners: number): { incentive: number; dividend: number } {
  const mean = { incentive: 0, dividend: 0 }
  for (let seed = 1; seed <= 10; seed++) {
    const random = createSeededRandom(1_000 * miners + seed)
    const stakes = Array.from({ length: validators }, () => BigInt(Math.floor(1e15 * (0.1 + random()))))
    let bonds = noBonds
    let exactBonds: SparseMatrix = Array.from({ length: validators + miners }, () => [])
    for (let epoch = 0; epoch < 3; epoch++) {
      const scores = scoresOf(random, miners)
      const rows = stakes.map((stake, uid) => ({ stake, weights: weightRow(scores[uid]) }))
      const decided = decideConsensus(rows, rules, bonds)
      if (!decided) throw new Error('void')
      const exact = decideExactly(exactEpoch(stakes, scores, exactBonds))
      bonds = decided.bonds
      exactBonds = exact.bonds
      const [incentive, dividend] = [
        distance(decided.ranks, exact.serverEmission.slice(validators)),
        distance(decided.dividends.slice(0, validators), exact.validatorEmission.slice(0, validators)),
      ]
      mean.incentive += incentive / 30
      mean.dividend += dividend / 30
    }
  }
  return mean
}

describe('the integer reference beside exact Yuma', () => {
  it.each([
    { miners: 16, incentive: 0.000_09, dividend: 0.000_2 },
    { miners: 256, incentive: 0.001_6, dividend: 0.000_2 },
  ])('differs with $miners miners by no more than 15-bit rows explain', ({ miners, incentive, dividend }) => {
    const mean = meanOf(miners)
    expect(mean.incentive).toBeGreaterThan(0)
    expect(mean.incentive).toBeLessThanOrEqual(incentive)
    expect(mean.dividend).toBeLessThanOrEqual(dividend)
  })
})
