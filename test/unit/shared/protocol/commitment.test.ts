import { SimpleMerkleTree, StandardMerkleTree } from '@openzeppelin/merkle-tree'
import fc from 'fast-check'
import { type Hex, keccak256, toHex } from 'viem'
import { describe, expect, it } from 'vitest'
import { encodeGroup, headerOf } from '../../../../shared/protocol/bundle.ts'
import { commitmentOf, commitmentProof, commitmentRoot } from '../../../../shared/protocol/commitment.ts'
import type { Bundle } from '../../../../shared/protocol/rollout.ts'
import { bundles } from '../../../helpers/arbitraries.ts'

const leafTypes = ['uint64', 'uint32', 'uint32', 'bytes32']

describe('a commitment', () => {
  it('has the root that OpenZeppelin’s tree has', () => {
    fc.assert(
      fc.property(bundles, fc.integer({ min: 1, max: 70 }), (bundle, count) => {
        const groupHashes = Array.from({ length: count }, (_, i) => keccak256(toHex(i)))
        const { window, miner } = bundle
        const leaves = groupHashes.map((hash, i) => [String(window), miner, i, hash])
        expect(commitmentRoot({ window, miner, groupHashes })).toBe(
          StandardMerkleTree.of(leaves, leafTypes, { sortLeaves: true }).root,
        )
      }),
      { seed: 1 },
    )
  })

  it('opens every group with an OpenZeppelin proof', () => {
    fc.assert(
      fc.property(bundles, (bundle) => {
        const { root, groups, rollouts } = commitmentOf(bundle)
        expect([groups, rollouts]).toEqual([bundle.groups.length, 2 * bundle.groups.length])
        bundle.groups.forEach((group, i) => {
          const leaf = [String(bundle.window), bundle.miner, group.index, keccak256(encodeGroup(group))]
          expect(StandardMerkleTree.verify(root, leafTypes, leaf, commitmentProof(headerOf(bundle), i))).toBe(
            true,
          )
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
          { ...bundle, groups: [...bundle.groups, { ...first, index: bundle.groups.length }] },
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
          const { root } = commitmentOf(bundle)
          const leaves = bundle.groups.map((group, i) => [
            ...[String(bundle.window), bundle.miner, i],
            keccak256(encodeGroup(group)),
          ])
          const [, inner, sibling] = StandardMerkleTree.of(leaves, leafTypes, { sortLeaves: true }).dump()
            .tree as Hex[]
          // The pair does hash to the root; what keeps it from being a leaf is that leaves are hashed twice.
          expect(SimpleMerkleTree.verify(root, inner, [sibling])).toBe(true)
          const leaf = [String(bundle.window), bundle.miner, 0, inner]
          expect(StandardMerkleTree.verify(root, leafTypes, leaf, [sibling])).toBe(false)
        },
      ),
      { seed: 1, numRuns: 20 },
    )
  })
})
