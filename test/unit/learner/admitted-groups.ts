import fc from 'fast-check'
import type { AdmittedGroup } from '../../../learner/admitted-group.ts'
import { hashTokens } from '../../../shared/protocol/seed.ts'

/** A group with rewards, satisfactions and a place; its tokens do not matter to whoever chooses or batches. */
export function admittedGroup(
  place: { readonly window?: number; readonly miner?: number; readonly group?: number },
  rewards: readonly number[],
  policy: AdmittedGroup['policy'] = `0x${'aa'.repeat(32)}`,
  satisfactions: readonly number[] = rewards,
): AdmittedGroup {
  const { window = 0, miner = 0, group = 0 } = place
  return {
    window,
    miner,
    group,
    policy,
    leaf: hashTokens([window, miner, group]),
    prompt: [1, 2],
    rollouts: rewards.map((reward, r) => ({
      tokens: [3 + r, 0],
      logProbabilities: [-1, -0.5],
      judged: { reward, correctness: reward, reasoning: 0, satisfaction: satisfactions[r], tokens: 2 },
    })),
  }
}

const reward = fc.constantFrom(0, 250_000, 1_000_000)

/** Distinct places, rewards of four rollouts each. */
export const admittedGroups = fc
  .uniqueArray(fc.record({ window: fc.nat(3), miner: fc.nat(3), group: fc.nat(3) }), {
    maxLength: 24,
    selector: ({ window, miner, group }) => `${window}/${miner}/${group}`,
  })
  .chain((places) =>
    fc
      .array(fc.array(reward, { minLength: 4, maxLength: 4 }), {
        minLength: places.length,
        maxLength: places.length,
      })
      .map((rewards) => places.map((place, i) => admittedGroup(place, rewards[i]))),
  )
