import { StandardMerkleTree } from '@openzeppelin/merkle-tree'
import { type Hex, keccak256, sha256, toHex } from 'viem'
import { beforeEach, describe, expect, it } from 'vitest'
import { treeCall } from '../../cli/dispute/dispute-commitment.ts'
import { commitRoot } from '../../shared/chain/commit-root.ts'
import type { ChainContext } from '../../shared/chain/connect.ts'
import { openWindow } from '../../shared/chain/open-window.ts'
import { readCommitmentProof } from '../../shared/chain/read-commitment-proof.ts'
import { readEntity } from '../../shared/chain/read-entity.ts'
import { sendTransaction } from '../../shared/chain/send-transaction.ts'
import { type CommittedLeaf, leafHash, storedLeaf } from '../../shared/protocol/commitment.ts'
import { hashPair } from '../../shared/protocol/merkle-root.ts'
import { windowStart } from '../../shared/protocol/schedule.ts'
import { treeProofOf } from '../../validator/tree-proof.ts'
import { createSubnet, oneToken, type TestSubnet, testConfig } from './subnet.ts'

const bond = 100n * oneToken
const groups = 3
const stored = sha256('0x0102')
const honest = [0, 1, 2].map((index) => leaf({ index }))

function leaf(odd: Partial<CommittedLeaf>): CommittedLeaf {
  return { window: 0, miner: 0, index: 0, groupHash: keccak256(toHex(`${odd.index}`)), ...odd }
}

/** As the miner's own code would hash it; the order of its leaves is its own business. */
function rootOf(leaves: readonly CommittedLeaf[], sortLeaves = true): Hex {
  const rows = leaves.map(({ window, miner, index, groupHash }) => [`${window}`, miner, index, groupHash])
  const tree = StandardMerkleTree.of(rows, ['uint64', 'uint32', 'uint32', 'bytes32'], { sortLeaves })
  return toHex(hashPair(Buffer.from(tree.root.slice(2), 'hex'), storedLeaf(stored)))
}

let subnet: TestSubnet
let miner: ChainContext
beforeEach(async () => {
  const schedule = { ...testConfig.schedule, startDelayBlocks: 120 }
  subnet = await createSubnet({ ...testConfig, schedule })
  miner = (await subnet.register('miner', 'a', bond)).hotKey
  await subnet.register('miner', 'other', bond)
  const { startDelayBlocks: _, ...phases } = schedule
  await subnet.advanceTo(windowStart({ ...phases, startBlock: BigInt(subnet.deployment.startBlock) }, 0) + 1n)
  await openWindow(subnet, 0)
})

describe('a proof against a committed tree', () => {
  it.each([
    ['bad leaf', 'of another window', [honest[0], leaf({ index: 1, window: 1 }), honest[2]], true],
    ['bad leaf', 'of another miner', [honest[0], leaf({ index: 1, miner: 1 }), honest[2]], true],
    ['bad leaf', 'of no group', [honest[0], honest[1], leaf({ index: 3 })], true],
    ['group twice', 'in two versions', [honest[0], leaf({ groupHash: keccak256('0x02') }), honest[2]], true],
    ['group twice', 'in one version', [honest[0], honest[0], honest[2]], true],
    ['group missing', 'of three', [honest[1], honest[2]], true],
    ['group missing', 'but one', [honest[1]], true],
    ['group missing', 'in an order of its own', [honest[2], honest[0]], false],
  ] as const)('finds a %s %s, and the contract agrees', async (fault, _, leaves, sorted) => {
    const root = rootOf(leaves, sorted)
    await commitRoot(miner, { window: 0, root, groups })
    const proof = treeProofOf({ window: 0, miner: 0, root, groups }, { leaves, stored })
    expect(proof.fault).toBe(fault)
    await sendTransaction(subnet, treeCall(subnet, await readCommitmentProof(subnet, 0, 0), proof))
    expect((await readEntity(subnet, 'miner', 0)).stake).toBe(bond / 2n)
  })

  it('is none where the tree is an honest one, or another', () => {
    const given = { leaves: honest, stored }
    const refused = { code: 'NOT_DISPUTABLE' }
    const tree = { window: 0, miner: 0, root: rootOf(honest), groups }
    expect(() => treeProofOf(tree, given)).toThrow(expect.objectContaining(refused))
    expect(() => treeProofOf({ ...tree, root: keccak256('0x') }, given)).toThrow(
      expect.objectContaining(refused),
    )
    expect(() => treeProofOf(tree, { leaves: [], stored })).toThrow(expect.objectContaining(refused))
    expect(() => treeProofOf(tree, { ...given, stored: sha256('0x') })).toThrow(
      expect.objectContaining(refused),
    )
  })

  it('hashes leaves as the contract does', () => {
    expect(toHex(leafHash(honest[1]))).toBe(
      StandardMerkleTree.of([['0', 0, 1, honest[1].groupHash]], ['uint64', 'uint32', 'uint32', 'bytes32'])
        .root,
    )
  })
})
