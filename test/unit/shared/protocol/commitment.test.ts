import { SimpleMerkleTree, StandardMerkleTree } from '@openzeppelin/merkle-tree'
import fc from 'fast-check'
import { type Hex, keccak256 } from 'viem'
import { describe, expect, it } from 'vitest'
import { encodeGroup } from '../../../../shared/protocol/bundle.ts'
import { commitmentOf, commitmentTree } from '../../../../shared/protocol/commitment.ts'
import type { Bundle } from '../../../../shared/protocol/rollout.ts'
import { bundles } from '../../../helpers/arbitraries.ts'

const leafTypes = ['uint64', 'uint32', 'uint32', 'bytes32']

describe('a commitment', () => {
  it('opens every group with an OpenZeppelin proof', () => {
    fc.assert(
      fc.property(bundles, (bundle) => {
        const tree = commitmentTree(bundle)
        const { root, groups, rollouts } = commitmentOf(bundle)
        expect([groups, rollouts]).toEqual([bundle.groups.length, 2 * bundle.groups.length])
        bundle.groups.forEach((group, i) => {
          const leaf = [String(bundle.window), bundle.miner, group.index, keccak256(encodeGroup(group))]
          expect(StandardMerkleTree.verify(root, leafTypes, leaf, tree.getProof(i))).toBe(true)
        })
      }),
      { seed: 1 },
    )
  })

  it('binds window, miner, group index and content', () => {
    fc.assert(
      fc.property(bundles, (bundle) => {
        const { root } = commitmentOf(bundle)
        const [first, ...others] = bundle.groups
        const [rollout, ...rest] = first.rollouts
        const changed: Bundle[] = [
          { ...bundle, window: bundle.window === 0 ? 1 : bundle.window - 1 },
          { ...bundle, miner: (bundle.miner ^ 1) >>> 0 },
          { ...bundle, groups: [{ ...first, index: first.index + 1 }, ...others] },
          {
            ...bundle,
            groups: [
              { ...first, rollouts: [{ ...rollout, reward: rollout.reward ^ 1 }, ...rest] },
              ...others,
            ],
          },
        ]
        for (const other of changed) {
          expect(commitmentOf(other).root).not.toBe(root)
        }
      }),
      { seed: 1 },
    )
  })

  it('cannot be opened with an inner node in place of a leaf', () => {
    fc.assert(
      fc.property(
        bundles.filter(({ groups }) => groups.length === 3),
        (bundle) => {
          const tree = commitmentTree(bundle)
          const { tree: nodes } = tree.dump()
          const inner = nodes[1] as Hex
          const sibling = nodes[2] as Hex
          // The pair does hash to the root; what keeps it from being a leaf is that leaves are hashed twice.
          expect(SimpleMerkleTree.verify(tree.root, inner, [sibling])).toBe(true)
          const leaf = [String(bundle.window), bundle.miner, 0, inner]
          expect(StandardMerkleTree.verify(tree.root, leafTypes, leaf, [sibling])).toBe(false)
        },
      ),
      { seed: 1, numRuns: 20 },
    )
  })
})
