import type { GroupsTask } from '../../../miner/produce.ts'
import { owedToken, samplingUniforms } from '../../../shared/protocol/sampling.ts'
import { childSeed } from '../../../shared/protocol/seed.ts'
import type { MinerAttack } from '../arena/attack.ts'
import { answerBy, asOwed, attest, decode, groupUp, type Place, placesOf } from '../arena/decode.ts'
import type { Ground } from '../arena/ground.ts'
import { minerFrom } from '../arena/miner-program.ts'

/** Draws one token of each rollout again with its own randomness and goes on as it should. */
export const resampledToken: MinerAttack = {
  name: 'one token resampled',
  kind: 'sampling',
  gains: 'a second chance at one token',
  caughtBy: 'TOKEN_NOT_OWED',
  async start(ground) {
    return minerFrom(ground, (task) =>
      answerBy(ground.policy, task, (place, step, { probabilities }, uniform) => {
        const [where, own] = ownDraws(task, place)
        return owedToken(probabilities, step === Math.floor(where * 20) ? own : uniform)
      }),
    )
  },
}

function ownDraws({ windowSeed, miner }: GroupsTask, { challenge, rollout }: Place): Float64Array {
  return samplingUniforms(childSeed('own randomness', windowSeed), miner, challenge.group, rollout, 2)
}

/** Begins every rollout with the first eight tokens of the group's first one, whose cache it already has. */
export const continuedPrefix: MinerAttack = {
  name: 'prefix continued from another rollout',
  kind: 'sampling',
  gains: 'part of the decoding',
  caughtBy: 'TOKEN_NOT_OWED',
  async start(ground) {
    return minerFrom(ground, async (task) => {
      const owed = await owedTokens(ground, task)
      return answerBy(ground.policy, task, ({ challenge, rollout }, step, { probabilities }, uniform) => {
        const first = owed[(challenge.group - task.firstGroup) * task.groupSize]
        const given = rollout > 0 && step < 8 ? first[step] : undefined
        return given ?? owedToken(probabilities, uniform)
      })
    })
  },
}

/** Decodes one rollout a group and hands it in for all of them, each with true proofs of its own. */
export const copiedRollout: MinerAttack = {
  name: 'copied rollout',
  kind: 'sampling',
  gains: '7/8 of the decoding',
  caughtBy: 'TOKEN_NOT_OWED',
  async start(ground) {
    return minerFrom(ground, async (task) => {
      const places = placesOf(ground.policy, task)
      const owed = await owedTokens(ground, task)
      const tokens = places.map((_, row) => owed[row - (row % task.groupSize)])
      return groupUp(task, places, await attest(ground.policy, task, places, tokens))
    })
  },
}

/** Never lets a completion end before the length limit, the way past a check that exempts what was cut. */
export const suppressedEnd: MinerAttack = {
  name: 'end token suppressed to the limit',
  kind: 'sampling',
  gains: 'more paid tokens',
  caughtBy: 'TOKEN_NOT_OWED',
  async start(ground) {
    const { endToken } = ground.policy.manifest.sampling
    return minerFrom(ground, (task) =>
      answerBy(ground.policy, task, (_place, _step, { probabilities }, uniform) => {
        const without = Float32Array.from(probabilities)
        without[endToken] = 0
        return owedToken(without, uniform)
      }),
    )
  },
}

function owedTokens(ground: Ground, task: GroupsTask): Promise<number[][]> {
  const { policy } = ground
  return decode(policy, task, placesOf(policy, task), asOwed)
}
