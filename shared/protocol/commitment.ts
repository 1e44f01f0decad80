import { keccak_256 } from '@noble/hashes/sha3.js'
import { SimpleMerkleTree } from '@openzeppelin/merkle-tree'
import { bytesToHex, type Hex, hexToBytes } from 'viem'
import { headerOf } from './bundle.ts'
import { merkleRoot } from './merkle-root.ts'
import type { Bundle, BundleHeader } from './rollout.ts'

/** What binds a miner before the audit beacon exists. */
export interface Commitment {
  readonly root: Hex
  readonly groups: number
  readonly rollouts: number
}

/**
 * One leaf per group: keccak256 twice of abi.encode(window, miner uid, index, hash), so that a single group can be
 * opened on chain. The index is the group's place in the header: a root that leaves one out or answers one twice has
 * no header that gives it.
 */
function leavesOf({ window, miner, groupHashes }: CommittedGroups): Uint8Array[] {
  return groupHashes.map((hash, index) => {
    const words = new Uint8Array(128)
    const view = new DataView(words.buffer)
    view.setBigUint64(24, BigInt(window))
    view.setUint32(60, miner)
    view.setUint32(92, index)
    words.set(hexToBytes(hash), 96)
    return keccak_256(keccak_256(words))
  })
}

type CommittedGroups = Pick<BundleHeader, 'window' | 'miner' | 'groupHashes'>

export function commitmentRoot(groups: CommittedGroups): Hex {
  return bytesToHex(merkleRoot(leavesOf(groups)))
}

/** The path of one group, as OpenZeppelin's MerkleProof takes it on chain. */
export function commitmentProof(groups: CommittedGroups, index: number): Hex[] {
  return SimpleMerkleTree.of(leavesOf(groups), { sortLeaves: true }).getProof(index) as Hex[]
}

/** The leaves in the order of the groups: what names one group for good. */
export function commitmentLeaves(groups: CommittedGroups): Hex[] {
  return leavesOf(groups).map((leaf) => bytesToHex(leaf))
}

export function commitmentOf(bundle: Bundle): Commitment {
  return {
    root: commitmentRoot(headerOf(bundle)),
    groups: bundle.groups.length,
    rollouts: bundle.groups.reduce((count, group) => count + group.rollouts.length, 0),
  }
}
