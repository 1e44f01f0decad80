import type { ChainContext } from '../../shared/chain/connect.ts'
import { badLeafCall, duplicateGroupCall, missingGroupCall } from '../../shared/chain/dispute-calls.ts'
import { type CommitmentProof, readCommitmentProof } from '../../shared/chain/read-commitment-proof.ts'
import type { AnyCall } from '../../shared/chain/send-transaction.ts'
import { type GivenTree, type TreeProof, treeProofOf } from '../../validator/tree-proof.ts'
import { checkpointRoots } from '../roles/checkpoint-roots.ts'
import type { Values } from '../settings.ts'
import { bringProof, type Outcome } from './bring-proof.ts'
import { treeOf } from './committed-tree.ts'
import type { caseSettings } from './dispute-settings.ts'
import { openCase } from './open-case.ts'
import { openServedBundle } from './open-served-bundle.ts'
import { readLeavesFile } from './read-leaves-file.ts'

/**
 * Finds what is wrong with the tree that a miner committed to, whichever it is, and proves that.
 * @throws SubnetError NOT_DISPUTABLE, LEAVES_MALFORMED, NOT_COMMITTED, and those of case, beacon, checkpoint, chain
 */
export async function disputeCommitment(
  chain: ChainContext,
  values: Values<typeof caseSettings> & { readonly leaves: string | undefined },
  { window, miner }: { readonly window: number; readonly miner: number },
  signal: AbortSignal,
): Promise<Outcome> {
  const committed = await readCommitmentProof(chain, window, miner)
  const [{ root, groups }] = committed.commitments
  const given =
    values.leaves === undefined
      ? await servedTree(values, { window, miner }, signal)
      : readLeavesFile(values.leaves)
  const proof = treeProofOf({ window, miner, root, groups }, given)
  return bringProof(chain, treeCall(chain, committed, proof), values.dryRun)
}

async function servedTree(
  values: Values<typeof caseSettings>,
  about: { readonly window: number; readonly miner: number },
  signal: AbortSignal,
): Promise<GivenTree> {
  const facts = await openCase(values, about, signal)
  const { bundle } = await openServedBundle(checkpointRoots(values), facts)
  return treeOf(bundle)
}

/** What brings such a proof to the contract. */
export function treeCall(
  { deployment: { contracts } }: ChainContext,
  committed: CommitmentProof,
  proof: TreeProof,
): AnyCall {
  if (proof.fault === 'bad leaf') {
    const { window, miner, ...leaf } = proof.leaf
    return badLeafCall(contracts, committed, { ...leaf, window: BigInt(window), minerUid: miner }, proof.path)
  }
  if (proof.fault === 'group missing')
    return missingGroupCall(contracts, committed, proof.leaves, proof.stored)
  return duplicateGroupCall(contracts, committed, proof.group, proof.groupHashes, proof.paths)
}
