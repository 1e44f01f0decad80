import type { Hex } from 'viem'
import type { ProofOrigin } from '../../../bench/peers/examine.ts'
import type { Producer } from '../../../miner/produce.ts'
import type { Policy } from '../../../model/policy.ts'
import { encodeBundle } from '../../../shared/protocol/bundle.ts'
import { type Commitment, commitmentOf } from '../../../shared/protocol/commitment.ts'
import type { Bundle, Group } from '../../../shared/protocol/rollout.ts'
import type { Ground } from './ground.ts'
import { network } from './window.ts'

/** A window as a miner sees it while it may still commit. */
export interface MinerTask {
  readonly window: number
  readonly windowSeed: Hex
  readonly miner: number
}

/** What a miner leaves behind at the deadline, and how its server answers afterwards. */
export interface Submission {
  readonly commitment: Commitment
  /** Asked when the audit seed is public. null: the server does not answer. */
  serve(validator: number, auditSeed: Hex): Promise<Uint8Array | null>
}

/** What every miner is to the arena, honest or not. */
export interface MinerProgram {
  /** null: commits nothing in this window. */
  answer(task: MinerTask): Promise<Submission | null>
  /** The model that it really runs, for rules that look at hidden states; absent where it is the owed one. */
  readonly model?: Policy
  /** What a rule that wants hidden states gets from it; what its model computes, where absent. */
  readonly proof?: ProofOrigin
}

/** The miner that this project ships, with whatever engine behind it. */
export function minerFrom(ground: Ground, produce: Producer): MinerProgram {
  return {
    async answer(task) {
      return submit(bundleOf(ground, task, await produce(fullTask(ground, task))))
    },
  }
}

/** All groups that a window's rules allow. */
export function fullTask(ground: Ground, { windowSeed, miner }: MinerTask) {
  const { groupSize, maxGroups } = ground.rules
  return {
    policy: ground.policy.manifestHash,
    windowSeed,
    miner,
    firstGroup: 0,
    groups: maxGroups,
    groupSize,
  }
}

export function bundleOf(ground: Ground, { window, miner }: MinerTask, groups: readonly Group[]): Bundle {
  return { ...network, window, miner, policy: ground.policy.manifestHash, groups }
}

export function submit(bundle: Bundle): Submission {
  const bytes = encodeBundle(bundle)
  return submitBytes(bytes, commitmentOf(bundle, bytes))
}

export function submitBytes(bytes: Uint8Array, commitment: Commitment): Submission {
  return { commitment, serve: async () => bytes }
}
