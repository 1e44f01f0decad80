import { settlementAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'

/** The epoch that is settled next: all before it are settled or voided. */
export async function readNextEpoch({ publicClient, deployment }: ChainContext): Promise<number> {
  const next = await askChain('read the next epoch to settle', () =>
    publicClient.readContract({
      address: deployment.contracts.settlement,
      abi: settlementAbi,
      functionName: 'nextEpoch',
    }),
  )
  return Number(next)
}
