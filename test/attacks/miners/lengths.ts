import type { Rollout } from '../../../shared/protocol/rollout.ts'
import { sketchesPerPosition } from '../../../shared/protocol/sketch.ts'
import { alterGroups, alterRollouts } from '../arena/alter.ts'
import type { MinerAttack } from '../arena/attack.ts'
import { attest, groupUp, placesOf } from '../arena/decode.ts'
import type { Ground } from '../arena/ground.ts'
import { fullTask, type MinerProgram } from '../arena/miner-program.ts'

/** The owed rollouts with other tokens, each proven as well as it can be. */
function retokenised(ground: Ground, change: (rollout: Rollout) => readonly number[]): MinerProgram {
  return alterGroups(ground, async (groups, minerTask) => {
    const task = fullTask(ground, minerTask)
    const places = placesOf(ground.policy, task)
    const tokens = groups.flatMap(({ rollouts }) => rollouts.map(change))
    return groupUp(task, places, await attest(ground.policy, minerTask, places, tokens))
  })
}

/** Repeats the end token to the limit: tokens of probability nearly one that flatter every mean. */
export const paddedEnd: MinerAttack = {
  name: 'end-token padding',
  kind: 'sampling',
  gains: 'more paid tokens',
  caughtBy: 'TERMINATION_FALSE',
  async start(ground) {
    const { maxTokens, endToken } = ground.policy.manifest.sampling
    return retokenised(ground, ({ tokens }) => [
      ...tokens,
      ...new Array<number>(maxTokens - tokens.length).fill(endToken),
    ])
  },
}

/** Stops half-way and says so: a cut that no limit made. */
export const truncated: MinerAttack = {
  name: 'truncated completion',
  kind: 'proof',
  gains: '1/2 of the decoding',
  caughtBy: 'TERMINATION_FALSE',
  start: async (ground) =>
    alterRollouts(ground, (rollout) => {
      const length = Math.ceil(rollout.tokens.length / 2)
      return {
        ...rollout,
        tokens: rollout.tokens.slice(0, length),
        finish: 'length',
        sketches: rollout.sketches.slice(0, sketchesPerPosition * length),
        logProbabilities: rollout.logProbabilities.slice(0, length),
      }
    }),
}

/** Stops half-way with an end token of its own. */
export const endedEarly: MinerAttack = {
  name: 'end token written early',
  kind: 'sampling',
  gains: '1/2 of the decoding',
  caughtBy: 'TOKEN_NOT_OWED',
  async start(ground) {
    const { endToken } = ground.policy.manifest.sampling
    return retokenised(ground, ({ tokens }) => [...tokens.slice(0, Math.ceil(tokens.length / 2)), endToken])
  },
}
