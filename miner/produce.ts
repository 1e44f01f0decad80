import type { Hex } from 'viem'
import type { Group } from '../shared/protocol/rollout.ts'

/** A batch of consecutive groups that a miner owes in one window. Plain data: it crosses threads. */
export interface GroupsTask {
  readonly policy: Hex
  readonly windowSeed: Hex
  readonly miner: number
  readonly firstGroup: number
  readonly groups: number
  readonly groupSize: number
}

/** Whatever answers a window's challenges: the policy on a thread of this process, or an engine elsewhere. */
export type Producer = (task: GroupsTask) => Promise<Group[]>
