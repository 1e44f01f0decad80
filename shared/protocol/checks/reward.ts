import type { Judgement } from '../../environments/environment.ts'
import type { Rollout } from '../rollout.ts'
import type { Rejection } from '../verdict.ts'

/** The claimed reward is the recomputed one. Scores use the recomputed one in any case. */
export function checkReward(rollout: Rollout, judgement: Judgement): Rejection | null {
  if (rollout.reward === judgement.reward) return null
  return {
    check: 'reward',
    reason: 'REWARD_MISMATCH',
    numbers: { expected: judgement.reward, actual: rollout.reward },
  }
}
