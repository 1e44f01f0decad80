import type { Group } from '../../../shared/protocol/rollout.ts'
import type { MinerAttack } from '../arena/attack.ts'
import { answerBy, asOwed, attest, groupUp, placesOf } from '../arena/decode.ts'
import { minerFrom } from '../arena/miner-program.ts'
import { drawOtherwise } from './best-of-four.ts'

/** Draws twice as many rollouts and hands in those with the reward mix it wants, ordered by reward. */
export const selectedCandidates: MinerAttack = {
  name: 'candidate selection',
  kind: 'sampling',
  gains: 'better answers, signal in every group',
  caughtBy: 'TOKEN_NOT_OWED',
  async start(ground) {
    return minerFrom(ground, async (task) => {
      const owed = await answerBy(ground.policy, task, asOwed)
      const others = await drawOtherwise(ground, task, 0)
      const places = placesOf(ground.policy, task)
      const tokens = owed.flatMap((group, g) => select(group, others[g]))
      return groupUp(task, places, await attest(ground.policy, task, places, tokens))
    })
  },
}

/** The best half and the worst half of what there is. */
function select(group: Group, other: Group) {
  const drawn = [...group.rollouts, ...other.rollouts].sort((a, b) => b.reward - a.reward)
  const half = group.rollouts.length / 2
  return [...drawn.slice(0, half), ...drawn.slice(-half)].map(({ tokens }) => tokens)
}
