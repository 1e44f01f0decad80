import type { MinerAttack } from '../arena/attack.ts'
import { asOwed, attest, decode, groupUp, placesOf } from '../arena/decode.ts'
import { minerFrom } from '../arena/miner-program.ts'

/** Samples at temperature 0.7 with the owed random numbers: the mildest change that still answers better. */
export const cool: MinerAttack = {
  name: 'temperature 0.7',
  kind: 'sampling',
  gains: 'better answers',
  caughtBy: 'TOKEN_NOT_OWED',
  async start(ground) {
    const { policy } = ground
    const cooled = await ground.openImpostor({ temperature: 0.7 })
    const program = minerFrom(ground, async (task) => {
      const places = placesOf(policy, task)
      const tokens = await decode(cooled, task, places, asOwed)
      return groupUp(task, places, await attest(policy, task, places, tokens))
    })
    return { ...program, model: cooled }
  },
}
