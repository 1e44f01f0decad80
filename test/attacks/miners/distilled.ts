import type { MinerAttack } from '../arena/attack.ts'
import { asOwed, attest, decode, groupUp, placesOf } from '../arena/decode.ts'
import { distilQuarter } from '../arena/distil.ts'
import type { Ground } from '../arena/ground.ts'
import { impostorMiner } from '../arena/impostor.ts'
import { minerFrom } from '../arena/miner-program.ts'

/** A quarter of a language model that is trained from nothing on a thousand samples imitates nobody. */
function hindrance({ lineage }: Ground): string | null {
  return lineage.isEmbedded ? null : 'nobody distilled this policy'
}

/** Runs a small model trained on the owed one's samples. */
export const distilled: MinerAttack = {
  name: 'quarter-size distilled model',
  kind: 'model',
  gains: '3/4 of the compute',
  caughtBy: 'TOKEN_NOT_OWED',
  hindrance,
  start: async (ground) => impostorMiner(ground, await distilQuarter(ground)),
}

/** Decodes with the small model and runs the owed one once over the result: every figure it declares is true. */
export const distilledDraft: MinerAttack = {
  name: 'distilled draft, true proofs',
  kind: 'sampling',
  gains: 'decoding with a quarter-size model',
  caughtBy: 'TOKEN_NOT_OWED',
  hindrance,
  async start(ground) {
    const draft = await ground.openImpostor(await distilQuarter(ground))
    return minerFrom(ground, async (task) => {
      const places = placesOf(ground.policy, task)
      const tokens = await decode(draft, task, places, asOwed)
      return groupUp(task, places, await attest(ground.policy, task, places, tokens))
    })
  },
}
