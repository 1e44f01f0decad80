import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { type Hex, zeroHash } from 'viem'
import { tokenBoundSeed } from './seed.ts'

/** One position that a validator recomputed, sketched under signs keyed to the validator itself. */
export interface EvidencePoint {
  readonly window: number
  readonly miner: number
  readonly group: number
  readonly rollout: number
  readonly position: number
  readonly sketch: readonly [number, number]
}

const leafTypes = ['uint64', 'uint32', 'uint32', 'uint32', 'uint32', 'int16', 'int16']

/** Signs of a validator's own sketch: only who ran the model for this validator can know the projection. */
export function evidenceSeed(
  auditSeedHex: Hex,
  validator: number,
  miner: number,
  group: number,
  rollout: number,
  tokensHash: Hex,
): Hex {
  return tokenBoundSeed('evidence', auditSeedHex, tokensHash, validator, miner, group, rollout)
}

/**
 * The root that a validator's score reveal carries: a row copied from somebody else has no evidence of its own,
 * and anyone with the checkpoint can show it. Zero where nothing was audited.
 */
export function evidenceRoot(points: readonly EvidencePoint[]): Hex {
  if (points.length === 0) return zeroHash
  const leaves = points.map((point) => [
    String(point.window),
    point.miner,
    point.group,
    point.rollout,
    point.position,
    ...point.sketch,
  ])
  return StandardMerkleTree.of(leaves, leafTypes, { sortLeaves: true }).root as Hex
}
