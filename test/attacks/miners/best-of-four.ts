import type { GroupsTask } from '../../../miner/produce.ts'
import { owedToken, samplingUniforms } from '../../../shared/protocol/sampling.ts'
import { childSeed } from '../../../shared/protocol/seed.ts'
import type { MinerAttack } from '../arena/attack.ts'
import { answerBy, asOwed } from '../arena/decode.ts'
import type { Ground } from '../arena/ground.ts'
import { minerFrom } from '../arena/miner-program.ts'

const tries = 3

/** Where the owed rollout failed, draws three more and hands in the best of the four. */
export const bestOfFour: MinerAttack = {
  name: 'best of 4',
  kind: 'sampling',
  gains: 'better answers',
  caughtBy: 'TOKEN_NOT_OWED',
  async start(ground) {
    return minerFrom(ground, async (task) => {
      const owed = await answerBy(ground.policy, task, asOwed)
      let best = owed
      for (let attempt = 0; attempt < tries; attempt++) {
        const drawn = await drawOtherwise(ground, task, attempt)
        best = best.map((group, g) => ({
          ...group,
          rollouts: group.rollouts.map((kept, r) => {
            const other = drawn[g].rollouts[r]
            return other.reward > kept.reward ? other : kept
          }),
        }))
      }
      return best
    })
  },
}

/** The same groups under random numbers of the miner's own. */
export function drawOtherwise(ground: Ground, task: GroupsTask, attempt: number) {
  const { maxTokens } = ground.policy.manifest.sampling
  const own = childSeed('own randomness', task.windowSeed, attempt)
  return answerBy(ground.policy, task, ({ challenge, rollout }, step, { probabilities }) => {
    const uniforms = samplingUniforms(own, task.miner, challenge.group, rollout, maxTokens)
    return owedToken(probabilities, uniforms[step])
  })
}
