import type { TransactionReceipt } from 'viem'
import { disputesAbi } from './abi.ts'
import type { ChainContext } from './connect.ts'
import { sendTransaction } from './send-transaction.ts'

/**
 * Has a validator punished for scores that it committed and did not reveal.
 * @throws SubnetError CHAIN_REVERTED, RevealPhaseRunning, NoCommitmentOpen or AlreadyPunished among others
 */
export function proveNonReveal(
  chain: ChainContext,
  epoch: number,
  validatorUid: number,
): Promise<TransactionReceipt> {
  return sendTransaction(chain, {
    address: chain.deployment.contracts.disputes,
    abi: disputesAbi,
    functionName: 'proveNonReveal',
    args: [BigInt(epoch), validatorUid],
  })
}
