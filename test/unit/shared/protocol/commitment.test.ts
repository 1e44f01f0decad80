import { SimpleMerkleTree, StandardMerkleTree } from '@openzeppelin/merkle-tree'
import fc from 'fast-check'
import { type Hex, keccak256, sha256, toHex } from 'viem'
import { describe, expect, it } from 'vitest'
import { encodeBundle, encodeGroup, headerOf } from '../../../../shared/protocol/bundle.ts'
import {
  commitmentOf,
  commitmentProof,
  commitmentRoot,
  fitsRoot,
} from '../../../../shared/protocol/commitment.ts'
import type { Bundle } from '../../../../shared/protocol/rollout.ts'
import { bundles } from '../../../helpers/arbitraries.ts'

const stored = keccak256('0x57')
const leafTypes = ['uint64', 'uint32', 'uint32', 'bytes32']

describe('a commitment', () => {
  it('has the root that OpenZeppelin’s tree has, with the stored bytes beside it', () => {
    fc.assert(
      fc.property(bundles, fc.integer({ min: 1, max: 70 }), (bundle, count) => {
        const groupHashes = Array.from({ length: count }, (_, i) => keccak256(toHex(i)))
        const { window, miner } = bundle
        const leaves = groupHashes.map((hash, i) => [String(window), miner, i, hash])
        const { root } = StandardMerkleTree.of(leaves, leafTypes, { sortLeaves: true })
        const beside = keccak256(keccak256(stored))
        expect(commitmentRoot({ window, miner, groupHashes }, stored)).toBe(
          SimpleMerkleTree.of([root as Hex, beside], { sortLeaves: true }).root,
        )
      }),
      { seed: 1 },
    )
  })

  it('opens every group with an OpenZeppelin proof', () => {
    fc.assert(
      fc.property(bundles, (bundle) => {
        const bytes = encodeBundle(bundle)
        const { root, groups } = commitmentOf(bundle, bytes)
        expect(groups).toBe(bundle.groups.length)
        bundle.groups.forEach((group, i) => {
          const leaf = [String(bundle.window), bundle.miner, group.index, keccak256(encodeGroup(group))]
          const proof = commitmentProof(headerOf(bundle), sha256(bytes), i)
          expect(StandardMerkleTree.verify(root, leafTypes, leaf, proof)).toBe(true)
        })
      }),
      { seed: 1 },
    )
  })

  it('binds the stored bytes, down to how they are compressed', () => {
    fc.assert(
      fc.property(bundles, fc.nat(), (bundle, at) => {
        const bytes = encodeBundle(bundle)
        const { root } = commitmentOf(bundle, bytes)
        const limits = { rules: { groupSize: 2, maxGroups: bundle.groups.length } }
        expect(fitsRoot(bytes, root, limits)).toBe(true)
        const flipped = Uint8Array.from(bytes)
        flipped[at % bytes.length] ^= 1
        expect(fitsRoot(flipped, root, limits)).toBe(false)
        expect(fitsRoot(bytes.subarray(0, at % bytes.length), root, limits)).toBe(false)
        expect(fitsRoot(new Uint8Array([...bytes, 0]), root, limits)).toBe(false)
        expect(fitsRoot(bytes, keccak256(root), limits)).toBe(false)
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
          const path = [sibling, keccak256(keccak256(sha256(encodeBundle(bundle))))]
          // The pair does hash to the root; what keeps it from being a leaf is that leaves are hashed twice.
          expect(SimpleMerkleTree.verify(root, inner, path)).toBe(true)
          const leaf = [String(bundle.window), bundle.miner, 0, inner]
          expect(StandardMerkleTree.verify(root, leafTypes, leaf, path)).toBe(false)
        },
      ),
      { seed: 1, numRuns: 20 },
    )
  })
})
