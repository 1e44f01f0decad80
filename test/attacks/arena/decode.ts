import type { GroupsTask } from '../../../miner/produce.ts'
import type { Policy } from '../../../model/policy.ts'
import { type Challenge, completionText, deriveChallenge } from '../../../shared/protocol/challenge.ts'
import type { Distribution } from '../../../shared/protocol/distribution.ts'
import type { Group, Rollout } from '../../../shared/protocol/rollout.ts'
import { owedToken, samplingUniforms } from '../../../shared/protocol/sampling.ts'
import { hashTokens, tokenBoundSeed } from '../../../shared/protocol/seed.ts'
import { sketchesPerPosition, sketchPosition, sketchSigns } from '../../../shared/protocol/sketch.ts'

/** One rollout to answer. */
export interface Place {
  readonly challenge: Challenge
  readonly rollout: number
}

/** Which token comes next at a place; `uniform` is the owed random number of the position. */
export type Choose = (place: Place, step: number, at: Distribution, uniform: number) => number

/** The token that is owed, if the policy that decodes is. */
export const asOwed: Choose = (_place, _step, { probabilities }, uniform) => owedToken(probabilities, uniform)

export function placesOf(policy: Policy, task: GroupsTask): Place[] {
  return Array.from({ length: task.groups }, (_, i) =>
    deriveChallenge(policy, task.windowSeed, task.miner, task.firstGroup + i),
  ).flatMap((challenge) => Array.from({ length: task.groupSize }, (_, rollout) => ({ challenge, rollout })))
}

/** Decodes places with any choice of tokens. */
export async function decode(
  policy: Policy,
  { windowSeed, miner }: Pick<GroupsTask, 'windowSeed' | 'miner'>,
  places: readonly Place[],
  choose: Choose,
): Promise<number[][]> {
  const { maxTokens, endToken } = policy.manifest.sampling
  const uniforms = places.map(({ challenge, rollout }) =>
    samplingUniforms(windowSeed, miner, challenge.group, rollout, maxTokens),
  )
  return policy.session.generate(
    places.map(({ challenge }) => challenge.prompt),
    { maxTokens, endToken },
    (row, step, at) => choose(places[row], step, at, uniforms[row][step]),
  )
}

/**
 * The strongest proof that tokens of any origin can get: sketches, log-probabilities and reward as the owed model
 * gives them for these tokens. What is left to catch is that they were not sampled.
 */
export async function attest(
  policy: Policy,
  { windowSeed, miner }: Pick<GroupsTask, 'windowSeed' | 'miner'>,
  places: readonly Place[],
  completions: readonly (readonly number[])[],
): Promise<Rollout[]> {
  const { endToken } = policy.manifest.sampling
  const { sketchStep } = policy.manifest.numerics
  const seeds = places.map(({ challenge, rollout }, row) =>
    tokenBoundSeed('sketch', windowSeed, hashTokens(completions[row]), miner, challenge.group, rollout),
  )
  const rollouts = places.map(({ challenge }, row) => {
    const tokens = completions[row]
    const text = completionText(policy.codec, tokens, endToken)
    return {
      tokens,
      finish: tokens.at(-1) === endToken ? ('end' as const) : ('length' as const),
      reward: policy.environment.judge(challenge.problem, text).reward,
      sketches: new Int8Array(sketchesPerPosition * tokens.length),
      logProbabilities: new Float32Array(tokens.length),
    }
  })
  await policy.session.score(
    places.map(({ challenge }, row) => ({ prompt: challenge.prompt, completion: completions[row] })),
    (row, step, at) => {
      const { tokens, sketches, logProbabilities } = rollouts[row]
      const signs = sketchSigns(seeds[row], step, policy.session.vocabulary)
      sketches.set(sketchPosition(at.logits, signs, sketchStep), sketchesPerPosition * step)
      logProbabilities[step] = at.logProbabilities[tokens[step]]
    },
  )
  return rollouts
}

/** Rollouts in the order of `placesOf`, as groups. */
export function groupUp(task: GroupsTask, places: readonly Place[], rollouts: readonly Rollout[]): Group[] {
  return Array.from({ length: task.groups }, (_, i) => {
    const { challenge } = places[i * task.groupSize]
    return {
      index: challenge.group,
      promptHash: challenge.promptHash,
      rollouts: rollouts.slice(i * task.groupSize, (i + 1) * task.groupSize),
    }
  })
}

/** Groups answered by any choice of tokens of the owed model, with true proofs. */
export async function answerBy(policy: Policy, task: GroupsTask, choose: Choose): Promise<Group[]> {
  const places = placesOf(policy, task)
  return groupUp(task, places, await attest(policy, task, places, await decode(policy, task, places, choose)))
}
