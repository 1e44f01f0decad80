import type { Admission, Delivery } from '../../learner/admit-bundle.ts'
import type { Policy } from '../../model/policy.ts'
import { decodeBundle, headerOf } from '../../shared/protocol/bundle.ts'
import { bundleLimits } from '../../shared/protocol/bundle-limits.ts'
import { deriveChallenge } from '../../shared/protocol/challenge.ts'
import { commitmentLeaves } from '../../shared/protocol/commitment.ts'

/**
 * The experiment that shows what verification is for, and no way to run a learner: takes miners at their word.
 * Tokens, rewards and log-probabilities are used as declared, as trainers do that own the machines they sample on.
 */
export function believeBundle(policy: Policy, { bytes, committed, windowSeed, rules }: Delivery): Admission {
  const { window, miner } = committed
  const read = decodeBundle(bytes, bundleLimits(policy, rules))
  if (read.rejection) {
    return { window, miner, groups: [], refused: [{ group: null, rollout: null, rejection: read.rejection }] }
  }
  const leaves = commitmentLeaves(headerOf(read.value))
  const groups = read.value.groups.map(({ index, rollouts }, at) => ({
    window,
    miner,
    group: index,
    policy: committed.policy,
    leaf: leaves[at],
    prompt: deriveChallenge(policy, windowSeed, miner, index).prompt,
    rollouts: rollouts.map(({ tokens, reward, logProbabilities }) => ({
      tokens,
      logProbabilities: [...logProbabilities],
      judged: { reward, correctness: reward, reasoning: 0, satisfaction: reward, tokens: tokens.length },
    })),
  }))
  return { window, miner, groups, refused: [] }
}
