import { SimpleMerkleTree } from '@openzeppelin/merkle-tree'
import { bytesToHex, type Hex, hexToBytes } from 'viem'
import { SubnetError } from '../shared/errors.ts'
import { type CommittedLeaf, leafHash, storedLeaf } from '../shared/protocol/commitment.ts'
import { hashPair } from '../shared/protocol/merkle-root.ts'

/** What the chain knows of a commitment, for which a miner owes one leaf a group. */
export interface CommittedTree {
  readonly window: number
  readonly miner: number
  readonly root: Hex
  readonly groups: number
}

/** All that a root was made of. */
export interface GivenTree {
  /** In any order. */
  readonly leaves: readonly CommittedLeaf[]
  /** sha256 of the stored bundle. */
  readonly stored: Hex
}

/** What a contract needs to see that a committed tree is not one that an honest miner builds. */
export type TreeProof =
  | { readonly fault: 'bad leaf'; readonly leaf: CommittedLeaf; readonly path: readonly Hex[] }
  | {
      readonly fault: 'group twice'
      readonly group: number
      readonly groupHashes: readonly [Hex, Hex]
      readonly paths: readonly [readonly Hex[], readonly Hex[]]
    }
  /** All leaves, in the order of the tree. */
  | { readonly fault: 'group missing'; readonly leaves: readonly CommittedLeaf[]; readonly stored: Hex }

/** @throws SubnetError NOT_DISPUTABLE where it is another tree, or an honest one */
export function treeProofOf(committed: CommittedTree, given: GivenTree): TreeProof {
  const { tree, placed } = plant(committed, given)
  const pathOf = (place: number) => [...tree.getProof(place), bytesToHex(storedLeaf(given.stored))] as Hex[]
  const bad = placed.findIndex((leaf) => !isOwed(leaf, committed))
  if (bad >= 0) return { fault: 'bad leaf', leaf: placed[bad], path: pathOf(bad) }
  const seen = new Map<number, number>()
  for (const [place, { index }] of placed.entries()) {
    const first = seen.get(index)
    seen.set(index, place)
    if (first === undefined) continue
    return {
      fault: 'group twice',
      group: index,
      groupHashes: [placed[first].groupHash, placed[place].groupHash],
      paths: [pathOf(first), pathOf(place)],
    }
  }
  if (placed.length < committed.groups)
    return { fault: 'group missing', leaves: placed, stored: given.stored }
  throw notDisputable('the tree is an honest one: one leaf for each group, of this window and this miner')
}

function isOwed({ window, miner, index }: CommittedLeaf, committed: CommittedTree): boolean {
  return window === committed.window && miner === committed.miner && index < committed.groups
}

/** The groups' tree as it was committed: in ascending order, as honest miners have it, or as it is given. */
function plant({ root }: CommittedTree, { leaves, stored }: GivenTree) {
  if (leaves.length === 0) throw notDisputable('there are no leaves')
  const ascending = leaves.toSorted((a, b) => (hashOf(a) < hashOf(b) ? -1 : 1))
  for (const placed of [ascending, leaves]) {
    const tree = SimpleMerkleTree.of(placed.map(hashOf), { sortLeaves: false })
    const whole = hashPair(hexToBytes(tree.root as Hex), storedLeaf(stored))
    if (bytesToHex(whole) === root) return { tree, placed }
  }
  throw notDisputable(`these leaves are not what was committed: their root is not ${root}`)
}

function hashOf(leaf: CommittedLeaf): Hex {
  return bytesToHex(leafHash(leaf))
}

function notDisputable(why: string): SubnetError {
  return new SubnetError('NOT_DISPUTABLE', `this cannot be proven on chain: ${why}`)
}
