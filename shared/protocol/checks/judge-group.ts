import type { Hex } from 'viem'
import { type AskedPolicy, type Challenge, completionText, deriveChallenge } from '../challenge.ts'
import type { Group, Rollout } from '../rollout.ts'
import type { JudgedRollout } from '../score.ts'
import type { Rejection } from '../verdict.ts'
import { checkChallenge } from './challenge.ts'
import { checkReward } from './reward.ts'
import { checkTermination } from './termination.ts'

interface AnsweringPolicy extends AskedPolicy {
  readonly manifest: { readonly sampling: { readonly maxTokens: number; readonly endToken: number } }
}

/** A group as it reads without the model. */
export interface JudgedGroup {
  readonly challenge: Challenge
  readonly rollouts: readonly Rollout[]
  /** Recomputed by the environment. */
  readonly judged: readonly JudgedRollout[]
  /** First failure of each rollout among the checks that need no model. */
  readonly textual: readonly (Rejection | null)[]
}

/** Derives what was asked, judges what was answered, and checks whatever needs no forward pass. */
export function judgeGroup(
  policy: AnsweringPolicy,
  windowSeed: Hex,
  miner: number,
  group: Group,
): JudgedGroup {
  const { environment, codec, manifest } = policy
  const { rollouts } = group
  const challenge = deriveChallenge(policy, windowSeed, miner, group.index)
  const { endToken } = manifest.sampling
  const judged = rollouts.map(({ tokens }) => ({
    ...environment.judge(challenge.problem, completionText(codec, tokens, endToken)),
    tokens: tokens.length,
  }))
  const prompt = checkChallenge(group, challenge)
  const textual = rollouts.map(
    (rollout, i) => prompt ?? checkTermination(rollout, manifest.sampling) ?? checkReward(rollout, judged[i]),
  )
  return { challenge, rollouts, judged, textual }
}
