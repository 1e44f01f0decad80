import type { Hex } from 'viem'
import type { JudgedRollout } from '../shared/protocol/score.ts'

/** A rollout that every check accepted, with what the learner itself computed of it. */
export interface AdmittedRollout {
  readonly tokens: readonly number[]
  /** Of each token under the checkpoint that generated it, from the learner's own forward pass. */
  readonly logProbabilities: readonly number[]
  readonly judged: JudgedRollout
}

/** A group that may be trained on. Nothing in it was declared by a miner but the tokens, and those were owed. */
export interface AdmittedGroup {
  readonly window: number
  readonly miner: number
  readonly group: number
  /** Manifest hash of the checkpoint that generated it. */
  readonly policy: Hex
  /** Its leaf in the Merkle tree that the miner committed. */
  readonly leaf: Hex
  readonly prompt: readonly number[]
  readonly rollouts: readonly AdmittedRollout[]
}

/** The one order in which groups are listed, batched and added up: by window, miner, group. */
export function inOrder(groups: readonly AdmittedGroup[]): AdmittedGroup[] {
  return groups.toSorted((a, b) => a.window - b.window || a.miner - b.miner || a.group - b.group)
}
