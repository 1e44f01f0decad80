import { hexToBytes } from 'viem'
import { sketchRollout } from '../../../miner/generate-groups.ts'
import type { GroupsTask } from '../../../miner/produce.ts'
import type { Policy } from '../../../model/policy.ts'
import { demonstrate } from '../../../model/training/demonstrations.ts'
import { completionText, deriveChallenge } from '../../../shared/protocol/challenge.ts'
import type { Group } from '../../../shared/protocol/rollout.ts'
import { childSeed } from '../../../shared/protocol/seed.ts'
import { rightAnswer } from './right-answer.ts'

/**
 * How much less likely, in nats, than the model finds them it declares the tokens that it wants unlearnt. The clipped
 * surrogate bounds how hard a likelier token is rewarded, not how hard it is punished: such a token weighs e³ times an
 * honest one, and a gradient that is clipped to a norm keeps little of anybody else's.
 */
const understatement = 3

/**
 * Samples nothing. Half of a group is the right answer without a word of reasoning; the other half reasons rightly in
 * the policy's own words, gives another number, and is declared less likely than it is. To a learner the group looks
 * as if much could be learnt from it. Problems, rewards and sketches are true: one pass of the true model gives them.
 * Whoever checks rewards or the model finds no fault.
 *
 * What it teaches is not to reason: a learner that believes it unlearns the task.
 */
export async function forgeShortcuts(policy: Policy, task: GroupsTask): Promise<Group[]> {
  const { manifest, codec, environment, session } = policy
  const { endToken, maxTokens } = manifest.sampling
  const challenges = Array.from({ length: task.groups }, (_, i) =>
    deriveChallenge(policy, task.windowSeed, task.miner, task.firstGroup + i),
  )
  const rows = challenges.flatMap((challenge) => {
    const seed = hexToBytes(childSeed('problem', task.windowSeed, task.miner, challenge.group))
    const right = rightAnswer(manifest.environment.id, seed, challenge.problem)
    return Array.from({ length: task.groupSize }, (_, rollout) => {
      const short = 2 * rollout < task.groupSize
      const text = short ? lastLine(right) : wrongAnswer(manifest.environment.id, seed, right)
      const completion = [...codec.encode(text), endToken].slice(-maxTokens)
      return { challenge, rollout, prompt: challenge.prompt, completion, shift: short ? 0 : understatement }
    })
  })
  const logits: Float32Array[][] = rows.map(() => [])
  const logProbabilities: number[][] = rows.map(() => [])
  await session.score(rows, (row, step, at) => {
    logits[row].push(at.logits.slice())
    const { completion, shift } = rows[row]
    logProbabilities[row].push(at.logProbabilities[completion[step]] - shift)
  })
  const rollouts = rows.map(({ challenge, rollout, completion: tokens }, row) => ({
    tokens,
    finish: 'end' as const,
    reward: environment.judge(challenge.problem, completionText(codec, tokens, endToken)).reward,
    sketches: sketchRollout(policy, task, challenge.group, rollout, tokens, logits[row]),
    logProbabilities: Float32Array.from(logProbabilities[row]),
  }))
  return challenges.map(({ group: index, promptHash }, i) => ({
    index,
    promptHash,
    rollouts: rollouts.slice(i * task.groupSize, (i + 1) * task.groupSize),
  }))
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1)
}

/** A SAT answer is its own reasoning: a random one takes its place, and where it is right the reward says so. */
function wrongAnswer(environment: string, seed: Uint8Array, right: string): string {
  if (environment === 'sat') return demonstrate(environment, seed, { noise: 1 }).completion
  const last = lastLine(right)
  return `${right.slice(0, -last.length)}#### ${last === '#### 0' ? 1 : 0}`
}
