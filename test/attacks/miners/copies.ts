import { generateGroups } from '../../../miner/generate-groups.ts'
import { deriveChallenge } from '../../../shared/protocol/challenge.ts'
import type { Group } from '../../../shared/protocol/rollout.ts'
import { alterGroups } from '../arena/alter.ts'
import type { MinerAttack } from '../arena/attack.ts'
import type { Ground } from '../arena/ground.ts'
import { bundleOf, fullTask, type MinerProgram, type MinerTask, submit } from '../arena/miner-program.ts'

/** Hands in groups made for other problems, under the header and the prompts of this window. */
function relabelled(ground: Ground, take: (task: MinerTask) => Promise<readonly Group[]>): MinerProgram {
  return {
    answer: async (task) => submit(bundleOf(ground, task, relabel(ground, task, await take(task)))),
  }
}

function relabel({ policy }: Ground, { windowSeed, miner }: MinerTask, groups: readonly Group[]): Group[] {
  return groups.map((group, index) => {
    const { promptHash } = deriveChallenge(policy, windowSeed, miner, index)
    return { ...group, index, promptHash }
  })
}

/** Miner 0's groups as if they were one's own: rubbish that costs nothing. */
export async function borrowGroups(ground: Ground, task: MinerTask): Promise<Group[]> {
  return relabel(ground, task, await ground.owed(task.window, 0))
}

/** Takes what miner 0 has made in this window. */
export const copiedBundle: MinerAttack = {
  name: 'copied bundle',
  kind: 'bundle',
  gains: 'all of the work',
  caughtBy: 'TOKEN_NOT_OWED',
  start: async (ground) => ({
    answer: async (task) => submit(bundleOf(ground, task, await borrowGroups(ground, task))),
  }),
}

/** Hands in its own bundle of the window before once more. */
export const replayedWindow: MinerAttack = {
  name: 'replayed window',
  kind: 'bundle',
  gains: 'all of the work',
  caughtBy: 'TOKEN_NOT_OWED',
  start: async (ground) => relabelled(ground, ({ window, miner }) => ground.owed(window - 1, miner)),
}

/** Sends the other miner's bundle as it stands. */
export const forwardedBundle: MinerAttack = {
  name: 'forwarded bundle',
  kind: 'bundle',
  gains: 'all of the work',
  caughtBy: 'BUNDLE_OF_ANOTHER_WINDOW',
  start: async (ground) => ({
    answer: async (task) =>
      submit(bundleOf(ground, { ...task, miner: 0 }, await ground.owed(task.window, 0))),
  }),
}

/** Leaves out the group that went worst. Leaving out the last ones would be no fault: a miner may answer less. */
export const groupGap: MinerAttack = {
  name: 'gap in group indices',
  kind: 'bundle',
  gains: 'drops its worst group',
  caughtBy: 'GROUPS_INCOMPLETE',
  start: async (ground) =>
    alterGroups(ground, (groups) => {
      const worst = sortByReward(groups.slice(0, -1)).at(-1) as Group
      return groups.filter((group) => group !== worst)
    }),
}

/** Answers twice as many groups, keeps the better half and renumbers it. */
export const droppedGroups: MinerAttack = {
  name: 'dropped bad groups',
  kind: 'sampling',
  gains: 'better groups',
  caughtBy: 'TOKEN_NOT_OWED',
  async start(ground) {
    const { policy, rules } = ground
    return relabelled(ground, async (task) => {
      const beyond = { ...fullTask(ground, task), firstGroup: rules.maxGroups }
      const twice = [
        ...(await ground.owed(task.window, task.miner)),
        ...(await generateGroups(policy, beyond)),
      ]
      return sortByReward(twice).slice(0, rules.maxGroups)
    })
  },
}

function sortByReward(groups: readonly Group[]): Group[] {
  const reward = ({ rollouts }: Group) => rollouts.reduce((sum, rollout) => sum + rollout.reward, 0)
  return [...groups].sort((a, b) => reward(b) - reward(a))
}
