import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import type { Hex } from 'viem'
import type { Payout } from '../protocol/consensus.ts'
import { roleIndex } from './role.ts'

type Leaf = [epoch: string, role: number, uid: number, amount: string]

/** The tree whose root `Settlement` hands to `RewardVault`: payouts in their order, not sorted by hash. */
export function payoutTree(epoch: number, payouts: readonly Payout[]): StandardMerkleTree<Leaf> {
  const leaves = payouts.map(({ role, uid, amount }): Leaf => [`${epoch}`, roleIndex(role), uid, `${amount}`])
  return StandardMerkleTree.of(leaves, ['uint64', 'uint8', 'uint32', 'uint256'], { sortLeaves: false })
}

/** Siblings from the payout at `index` up to the root. */
export function payoutProof(tree: StandardMerkleTree<Leaf>, index: number): Hex[] {
  return tree.getProof(index) as Hex[]
}
