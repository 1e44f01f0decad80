import { rolloutLogAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'

/** Under which a miner says that its bundles lie, each named by its root; empty where it never said. */
export async function readUri({ publicClient, deployment }: ChainContext, minerUid: number): Promise<string> {
  return askChain(`read where miner ${minerUid} serves its bundles`, () =>
    publicClient.readContract({
      address: deployment.contracts.rolloutLog,
      abi: rolloutLogAbi,
      functionName: 'uriOf',
      args: [minerUid],
    }),
  )
}
