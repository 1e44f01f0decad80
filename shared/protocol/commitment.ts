import { keccak_256 } from '@noble/hashes/sha3.js'
import { SimpleMerkleTree } from '@openzeppelin/merkle-tree'
import { bytesToHex, type Hex, hexToBytes, sha256 } from 'viem'
import { encodeBundle, headerOf, readHeader } from './bundle.ts'
import type { BundleLimits } from './bundle-limits.ts'
import { hashPair, merkleRoot } from './merkle-root.ts'
import type { Bundle, BundleHeader } from './rollout.ts'

/** What binds a miner before the audit beacon exists. */
export interface Commitment {
  readonly root: Hex
  readonly groups: number
}

/**
 * One leaf per group: keccak256 twice of abi.encode(window, miner uid, index, hash), so that a single group can be
 * opened on chain. The index is the group's place in the header: a root that leaves one out or answers one twice has
 * no header that gives it.
 */
function leavesOf({ window, miner, groupHashes }: CommittedGroups): Uint8Array[] {
  return groupHashes.map((groupHash, index) => leafHash({ window, miner, index, groupHash }))
}

/** What one leaf of a committed tree binds. */
export interface CommittedLeaf {
  readonly window: number
  readonly miner: number
  readonly index: number
  readonly groupHash: Hex
}

export function leafHash({ window, miner, index, groupHash }: CommittedLeaf): Uint8Array {
  const words = new Uint8Array(128)
  const view = new DataView(words.buffer)
  view.setBigUint64(24, BigInt(window))
  view.setUint32(60, miner)
  view.setUint32(92, index)
  words.set(hexToBytes(groupHash), 96)
  return keccak_256(keccak_256(words))
}

type CommittedGroups = Pick<BundleHeader, 'window' | 'miner' | 'groupHashes'>

/**
 * A miner's bytes come over wires that others may change, and only some of them are read. So the root binds the stored
 * bundle too, beside the groups' own root: whatever stands in bytes that fit the root is the miner's doing.
 *
 * @param stored sha256 of the stored bundle
 */
export function commitmentRoot(groups: CommittedGroups, stored: Hex): Hex {
  return bytesToHex(hashPair(merkleRoot(leavesOf(groups)), storedLeaf(stored)))
}

export function storedLeaf(stored: Hex): Uint8Array {
  return keccak_256(keccak_256(hexToBytes(stored)))
}

/** The path of one group, as OpenZeppelin's MerkleProof takes it on chain. */
export function commitmentProof(groups: CommittedGroups, stored: Hex, index: number): Hex[] {
  const path = SimpleMerkleTree.of(leavesOf(groups), { sortLeaves: true }).getProof(index) as Hex[]
  return [...path, bytesToHex(storedLeaf(stored))]
}

/** The leaves in the order of the groups: what names one group for good. */
export function commitmentLeaves(groups: CommittedGroups): Hex[] {
  return leavesOf(groups).map((leaf) => bytesToHex(leaf))
}

/** Whether these are the stored bytes that a root was made of; who answers with others has sent nothing. */
export function fitsRoot(bytes: Uint8Array, root: Hex, limits: Pick<BundleLimits, 'rules'>): boolean {
  const { value: header } = readHeader(bytes, limits)
  return header !== undefined && commitmentRoot(header, sha256(bytes)) === root
}

/** @param bytes as they are stored */
export function commitmentOf(bundle: Bundle, bytes = encodeBundle(bundle)): Commitment {
  return { root: commitmentRoot(headerOf(bundle), sha256(bytes)), groups: bundle.groups.length }
}
