import type { Hex } from 'viem'
import type { CommittedBundle } from '../protocol/checks/commitment.ts'
import type { Deployment } from './deployment.ts'
import type { MinerCommitment } from './read-commitments.ts'

/** What the chain says a miner's bundle must be, from the event of its commitment. */
export function committedBundle(
  { chainId, contracts }: Deployment,
  { minerUid: miner, root, groups }: Pick<MinerCommitment, 'minerUid' | 'root' | 'groups'>,
  window: number,
  policy: Hex,
): CommittedBundle {
  return { chainId, subnet: contracts.rolloutLog, window, miner, policy, root, groups }
}
