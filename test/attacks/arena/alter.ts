import type { Group, Rollout } from '../../../shared/protocol/rollout.ts'
import type { Ground } from './ground.ts'
import { bundleOf, type MinerProgram, type MinerTask, submit } from './miner-program.ts'

/** Does the owed work and then changes every rollout of it. */
export function alterRollouts(
  ground: Ground,
  change: (rollout: Rollout, place: MinerTask & { group: number; index: number }, group: Group) => Rollout,
): MinerProgram {
  return alterGroups(ground, (groups, task) =>
    groups.map((group) => ({
      ...group,
      rollouts: group.rollouts.map((rollout, index) =>
        change(rollout, { ...task, group: group.index, index }, group),
      ),
    })),
  )
}

/** Does the owed work and then hands in something made of it. */
export function alterGroups(
  ground: Ground,
  change: (owed: readonly Group[], task: MinerTask) => readonly Group[] | Promise<readonly Group[]>,
): MinerProgram {
  return {
    async answer(task) {
      const owed = await ground.owed(task.window, task.miner)
      return submit(bundleOf(ground, task, await change(owed, task)))
    },
  }
}
