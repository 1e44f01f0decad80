import type { Policy } from '../model/policy.ts'
import type { Group, Rollout } from '../shared/protocol/rollout.ts'
import { samplingUniforms } from '../shared/protocol/sampling.ts'
import { hashTokens, tokenBoundSeed } from '../shared/protocol/seed.ts'
import { sketchesPerPosition, sketchPosition, sketchSigns } from '../shared/protocol/sketch.ts'
import { drawRollouts } from './draw-rollouts.ts'
import { intoGroups, type OwedRollout, owedRollouts, rolloutOf } from './owed-rollouts.ts'
import type { GroupsTask } from './produce.ts'

/** Logits are kept until a rollout's tokens are fixed, since its sketch is keyed to them. */
const logitsBudgetBytes = 2 ** 30

/** Answers a batch of groups by running the policy. Deterministic: a second run gives the same bytes. */
export async function generateGroups(policy: Policy, task: GroupsTask): Promise<Group[]> {
  const owed = owedRollouts(policy, task)
  const { maxTokens } = policy.manifest.sampling
  const rowBytes = 4 * policy.session.vocabulary * maxTokens
  const rows = Math.max(1, Math.floor(logitsBudgetBytes / rowBytes))
  const rollouts: Rollout[] = []
  for (let first = 0; first < owed.length; first += rows) {
    rollouts.push(...(await generateRollouts(policy, task, owed.slice(first, first + rows))))
  }
  return intoGroups(owed, rollouts, task.groupSize)
}

async function generateRollouts(policy: Policy, task: GroupsTask, owed: OwedRollout[]): Promise<Rollout[]> {
  const { maxTokens, endToken } = policy.manifest.sampling
  const uniforms = owed.map(({ challenge, rollout }) =>
    samplingUniforms(task.windowSeed, task.miner, challenge.group, rollout, maxTokens),
  )
  const prompts = owed.map(({ challenge }) => challenge.prompt)
  const drawn = await drawRollouts(policy.session, prompts, uniforms, { maxTokens, endToken })
  return drawn.map(({ tokens, logits, logProbabilities }, row) => {
    const { challenge, rollout } = owed[row]
    const sketches = sketchRollout(policy, task, challenge.group, rollout, tokens, logits)
    return rolloutOf(policy, challenge, { tokens, sketches, logProbabilities })
  })
}

/** Of tokens that are fixed. @param logits of each position */
export function sketchRollout(
  policy: Pick<Policy, 'manifest' | 'session'>,
  { windowSeed, miner }: Pick<GroupsTask, 'windowSeed' | 'miner'>,
  group: number,
  rollout: number,
  tokens: readonly number[],
  logits: readonly Float32Array[],
): Int8Array {
  const seed = tokenBoundSeed('sketch', windowSeed, hashTokens(tokens), miner, group, rollout)
  const { sketchStep } = policy.manifest.numerics
  const sketches = new Int8Array(sketchesPerPosition * tokens.length)
  logits.forEach((at, position) => {
    const signs = sketchSigns(seed, position, policy.session.vocabulary)
    sketches.set(sketchPosition(at, signs, sketchStep), sketchesPerPosition * position)
  })
  return sketches
}
