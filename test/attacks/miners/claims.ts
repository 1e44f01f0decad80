import { PPM } from '../../../shared/environments/environment.ts'
import { alterRollouts } from '../arena/alter.ts'
import type { MinerAttack } from '../arena/attack.ts'

/** Calls right answers wrong and wrong ones right: what a learner that trusts claims would be turned by. */
export const flippedRewards: MinerAttack = {
  name: 'claimed rewards flipped',
  kind: 'proof',
  gains: 'turns the learner',
  caughtBy: 'REWARD_MISMATCH',
  start: async (ground) => alterRollouts(ground, (rollout) => ({ ...rollout, reward: PPM - rollout.reward })),
}

/** Claims that its tokens were unlikely: the ratio of a learner that trusts the claim grows without bound. */
export const loweredLogProbabilities: MinerAttack = {
  name: 'log-probabilities claimed low',
  kind: 'proof',
  gains: 'turns the learner',
  caughtBy: 'LOG_PROBABILITY_MISMATCH',
  start: async (ground) =>
    alterRollouts(ground, (rollout) => ({
      ...rollout,
      logProbabilities: rollout.logProbabilities.map((value) => value - 5),
    })),
}
