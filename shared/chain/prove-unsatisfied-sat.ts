import type { Hex, TransactionReceipt } from 'viem'
import { disputesAbi } from './abi.ts'
import type { ChainContext } from './connect.ts'
import type { CommitmentProof } from './read-commitment-proof.ts'
import { sendTransaction } from './send-transaction.ts'

/** `SatProof` of IDisputes.sol: a rollout of a committed group, and what its tokens say. */
export interface SatProof {
  readonly group: number
  readonly rollout: number
  readonly groupBytes: Hex
  readonly proof: readonly Hex[]
  readonly manifest: Hex
  /** Where the manifest's token table is named. */
  readonly tokenTableAt: bigint
  readonly texts: readonly { readonly token: number; readonly text: Hex; readonly proof: readonly Hex[] }[]
}

/**
 * Has a miner punished for a reward that its SAT answer does not earn. The window's beacon round must be on chain.
 * @throws SubnetError CHAIN_REVERTED, RewardEarned among others
 */
export function proveUnsatisfiedSat(
  chain: ChainContext,
  committed: CommitmentProof,
  sat: SatProof,
): Promise<TransactionReceipt> {
  return sendTransaction(chain, {
    address: chain.deployment.contracts.disputes,
    abi: disputesAbi,
    functionName: 'proveUnsatisfiedSat',
    args: [committed, sat],
  })
}
