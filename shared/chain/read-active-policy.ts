import { policyRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { type PublishedPolicy, readPolicy } from './read-policy.ts'

/** @throws SubnetError CHAIN_REVERTED NoActivePolicy before the first activation */
export async function readActivePolicy(chain: ChainContext, window: number): Promise<PublishedPolicy> {
  const manifestHash = await askChain(`find the policy of window ${window}`, () =>
    chain.publicClient.readContract({
      address: chain.deployment.contracts.policyRegistry,
      abi: policyRegistryAbi,
      functionName: 'activePolicy',
      args: [BigInt(window)],
    }),
  )
  return readPolicy(chain, manifestHash)
}
