import type { Hex } from 'viem'
import type { Deployment } from '../shared/chain/deployment.ts'
import type { MinerCommitment } from '../shared/chain/read-commitments.ts'
import type { CommittedBundle } from '../shared/protocol/checks/commitment.ts'

/** What the chain says a miner's bundle must be, from the event of its commitment. */
export function committedBundle(
  { chainId, contracts }: Deployment,
  { minerUid: miner, root, groups }: MinerCommitment,
  window: number,
  policy: Hex,
): CommittedBundle {
  return { chainId, subnet: contracts.rolloutLog, window, miner, policy, root, groups }
}
