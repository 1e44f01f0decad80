import { policyRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'

/** Blocks in which validators may object to an update. */
export async function readChallengeBlocks({ publicClient, deployment }: ChainContext): Promise<bigint> {
  return askChain('read the length of a challenge', () =>
    publicClient.readContract({
      address: deployment.contracts.policyRegistry,
      abi: policyRegistryAbi,
      functionName: 'challengeBlocks',
    }),
  )
}
