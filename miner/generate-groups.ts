import type { Policy } from '../model/policy.ts'
import type { Distribution } from '../shared/protocol/distribution.ts'
import type { Group, Rollout } from '../shared/protocol/rollout.ts'
import { owedToken, samplingUniforms } from '../shared/protocol/sampling.ts'
import { hashTokens, tokenBoundSeed } from '../shared/protocol/seed.ts'
import { sketchesPerPosition, sketchPosition, sketchSigns } from '../shared/protocol/sketch.ts'
import { intoGroups, type OwedRollout, owedRollouts, rolloutOf } from './owed-rollouts.ts'
import type { GroupsTask } from './produce.ts'

/** Logits are kept until a rollout's tokens are fixed, since its sketch is keyed to them. */
const logitsBudgetBytes = 256 * 2 ** 20

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
  const logits: Float32Array[][] = owed.map(() => [])
  const logProbabilities: number[][] = owed.map(() => [])
  const choose = (row: number, step: number, at: Distribution) => {
    const token = owedToken(at.probabilities, uniforms[row][step])
    logits[row].push(at.logits.slice())
    logProbabilities[row].push(at.logProbabilities[token])
    return token
  }
  const prompts = owed.map(({ challenge }) => challenge.prompt)
  const completions = await policy.session.generate(prompts, { maxTokens, endToken }, choose)
  return completions.map((tokens, row) => {
    const { challenge, rollout } = owed[row]
    return rolloutOf(policy, challenge, {
      tokens,
      sketches: sketchRollout(policy, task, challenge.group, rollout, tokens, logits[row]),
      logProbabilities: Float32Array.from(logProbabilities[row]),
    })
  })
}

/** Of tokens that are fixed. @param logits of each position */
export function sketchRollout(
  policy: Policy,
  { windowSeed, miner }: GroupsTask,
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
