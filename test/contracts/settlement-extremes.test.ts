import { describe, expect, it } from 'vitest'
import { compareEpochs } from '../differential/compare.ts'
import { oneToken } from './subnet.ts'

const rules = { kappa: 32_767, quorumPpm: 500_001, bondsPenalty: 65_535, bondsMovingAveragePpm: 900_000 }

/** Distinct, and neither rising nor falling with the uid. */
function stakes(count: number): bigint[] {
  return Array.from({ length: count }, (_, uid) => (100n + ((BigInt(uid) * 37n) % BigInt(count))) * oneToken)
}

describe('a settlement equals the integer reference', () => {
  it('where more validators vote than have seats, and each epoch seats the 64 with most stake', async () => {
    const world = { ...rules, seed: 3, miners: 5, stakes: stakes(67), voters: 67 }
    const { paid, inSteps } = await compareEpochs(world, 3)
    expect([paid, inSteps]).toEqual([3, 1])
  }, 300_000)

  it('where more validators are registered than one step scans', async () => {
    const world = { ...rules, seed: 3, miners: 2, stakes: stakes(514), voters: 80 }
    world.stakes.fill(500n * oneToken, 0, 80).fill(101n * oneToken, 80)
    const { transactions } = await compareEpochs(world, 1)
    expect(transactions.filter(({ step }) => step === 'scan')).toHaveLength(1)
  }, 300_000)

  it('where a part of what goes beyond consensus earns bonds', async () => {
    const world = { ...rules, bondsPenalty: 32_768, seed: 3, miners: 20, stakes: stakes(5), voters: 5 }
    expect((await compareEpochs(world, 3)).paid).toBe(3)
  })
})
