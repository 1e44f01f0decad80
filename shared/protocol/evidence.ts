import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { type Hex, zeroHash } from 'viem'
import { tokenBoundSeed } from './seed.ts'
import type { Sketch } from './sketch.ts'

/** One position that a validator recomputed, sketched under signs keyed to the validator itself. */
export interface EvidencePoint {
  readonly window: number
  readonly miner: number
  readonly group: number
  readonly rollout: number
  readonly position: number
  readonly sketch: Sketch
}

const leafTypes = ['uint64', 'uint32', 'uint32', 'uint32', 'uint32', 'int8', 'int8', 'int8', 'int8']

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
 * What a row owes evidence for: every miner that it pays. A miner of weight 0 is left out, whether it was refused,
 * out of reach or excluded, so that what a validator holds against somebody never shows in its root.
 */
export function pointsOwed(points: readonly EvidencePoint[], weights: readonly number[]): EvidencePoint[] {
  return points.filter(({ miner }) => (weights[miner] ?? 0) > 0)
}

/**
 * The root that a validator's score reveal carries: a row copied from somebody else has no evidence of its own,
 * and anyone with the checkpoint can show it. Zero where nothing was audited.
 */
export function evidenceRoot(points: readonly EvidencePoint[]): Hex {
  return points.length === 0 ? zeroHash : (treeOf(points).root as Hex)
}

/** The Merkle path of one point, as OpenZeppelin's `MerkleProof.verify` takes it on chain. */
export function evidenceProof(points: readonly EvidencePoint[], point: EvidencePoint): Hex[] {
  return treeOf(points).getProof(leafOf(point)) as Hex[]
}

function treeOf(points: readonly EvidencePoint[]): StandardMerkleTree<(string | number)[]> {
  return StandardMerkleTree.of(points.map(leafOf), leafTypes, { sortLeaves: true })
}

function leafOf({ window, miner, group, rollout, position, sketch }: EvidencePoint): (string | number)[] {
  return [String(window), miner, group, rollout, position, ...sketch]
}
