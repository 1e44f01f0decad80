import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { type Hex, keccak256 } from 'viem'
import { encodeGroup } from './bundle.ts'
import type { Bundle } from './rollout.ts'

/** (window, miner uid, group index, keccak256 of the group's canonical bytes) */
const leafTypes = ['uint64', 'uint32', 'uint32', 'bytes32']

/** What binds a miner before the audit beacon exists. */
export interface Commitment {
  readonly root: Hex
  readonly groups: number
  readonly rollouts: number
}

/** One leaf per group, so that a single group can be opened on chain with OpenZeppelin's MerkleProof. */
export function commitmentTree(bundle: Bundle): StandardMerkleTree<[string, number, number, Hex]> {
  const leaves = bundle.groups.map((group): [string, number, number, Hex] => [
    String(bundle.window),
    bundle.miner,
    group.index,
    keccak256(encodeGroup(group)),
  ])
  return StandardMerkleTree.of(leaves, leafTypes, { sortLeaves: true })
}

export function commitmentOf(bundle: Bundle): Commitment {
  return {
    root: commitmentTree(bundle).root as Hex,
    groups: bundle.groups.length,
    rollouts: bundle.groups.reduce((count, group) => count + group.rollouts.length, 0),
  }
}
