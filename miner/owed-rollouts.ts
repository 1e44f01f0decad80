import type { Policy } from '../model/policy.ts'
import { type Challenge, completionText, deriveChallenge } from '../shared/protocol/challenge.ts'
import type { Group, Rollout } from '../shared/protocol/rollout.ts'
import type { GroupsTask } from './produce.ts'

/** One rollout that a task asks for. */
export interface OwedRollout {
  readonly challenge: Challenge
  /** Index within its group. */
  readonly rollout: number
}

/** Everything that a task asks for, group after group. */
export function owedRollouts(policy: Policy, task: GroupsTask): OwedRollout[] {
  const { windowSeed, miner, firstGroup, groups, groupSize } = task
  return Array.from({ length: groups }, (_, i) =>
    deriveChallenge(policy, windowSeed, miner, firstGroup + i),
  ).flatMap((challenge) => Array.from({ length: groupSize }, (_, rollout) => ({ challenge, rollout })))
}

/** What an engine generated, with how it ended and what it earned. */
export function rolloutOf(
  { manifest, codec, environment }: Policy,
  { problem }: Challenge,
  generated: Omit<Rollout, 'finish' | 'reward'>,
): Rollout {
  const { endToken } = manifest.sampling
  const { tokens } = generated
  const text = completionText(codec, tokens, endToken)
  return {
    ...generated,
    finish: tokens.at(-1) === endToken ? 'end' : 'length',
    reward: environment.judge(problem, text).reward,
  }
}

/** @param rollouts of each owed one, in the same order */
export function intoGroups(
  owed: readonly OwedRollout[],
  rollouts: readonly Rollout[],
  groupSize: number,
): Group[] {
  return owed.flatMap(({ challenge, rollout }, row) =>
    rollout > 0
      ? []
      : [
          {
            index: challenge.group,
            promptHash: challenge.promptHash,
            rollouts: rollouts.slice(row, row + groupSize),
          },
        ],
  )
}
