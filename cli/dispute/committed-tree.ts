import type { OpenBundle } from '../../shared/protocol/bundle.ts'
import type { GivenTree } from '../../validator/tree-proof.ts'

/** As a bundle itself claims it, whatever window and miner it names. */
export function treeOf({ header, stored }: OpenBundle): GivenTree {
  const { window, miner, groupHashes } = header
  return { leaves: groupHashes.map((groupHash, index) => ({ window, miner, index, groupHash })), stored }
}
