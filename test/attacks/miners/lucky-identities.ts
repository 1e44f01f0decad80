import { firstAttacker } from '../arena/arena.ts'
import type { MinerAttack } from '../arena/attack.ts'
import { bundleOf, submit } from '../arena/miner-program.ts'

const identities = 4
const revealed = 2

/** Works honestly under many bonded identities and commits only what the luckier half of them drew. */
export const luckyIdentities: MinerAttack = {
  name: 'many identities, only lucky ones revealed',
  kind: 'market',
  gains: 'the average of the lucky ones',
  caughtBy: null,
  identities,
  start: async (ground) => ({
    async answer(task) {
      const luck: { miner: number; reward: number }[] = []
      for (let miner = firstAttacker; miner < firstAttacker + identities; miner++) {
        const groups = await ground.owed(task.window, miner)
        const rewards = groups.flatMap(({ rollouts }) => rollouts.map(({ reward }) => reward))
        luck.push({ miner, reward: rewards.reduce((sum, reward) => sum + reward, 0) })
      }
      const lucky = luck.sort((a, b) => b.reward - a.reward).slice(0, revealed)
      if (!lucky.some(({ miner }) => miner === task.miner)) return null
      return submit(bundleOf(ground, task, await ground.owed(task.window, task.miner)))
    },
  }),
}
