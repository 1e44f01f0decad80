import type { Distribution } from '../../../shared/protocol/distribution.ts'
import type { MinerAttack } from '../arena/attack.ts'
import { answerBy } from '../arena/decode.ts'
import { minerFrom } from '../arena/miner-program.ts'

/** Takes the likeliest token everywhere: the policy is right far more often greedily than as it samples. */
export const greedy: MinerAttack = {
  name: 'greedy',
  kind: 'sampling',
  gains: 'better answers',
  caughtBy: 'TOKEN_NOT_OWED',
  async start(ground) {
    const produce = minerFrom(ground, (task) =>
      answerBy(ground.policy, task, (_place, _step, at) => likeliest(at)),
    )
    return produce
  },
}

function likeliest({ logits }: Distribution): number {
  let best = 0
  for (let token = 1; token < logits.length; token++) if (logits[token] > logits[best]) best = token
  return best
}
