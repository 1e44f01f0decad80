import { policyRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { type PublishedPolicy, readPolicy } from './read-policy.ts'

/** The updates that validators may object to now, a parent before its children. */
export async function readPendingPolicies(chain: ChainContext): Promise<PublishedPolicy[]> {
  const hashes = await askChain('read the pending policies', () =>
    chain.publicClient.readContract({
      address: chain.deployment.contracts.policyRegistry,
      abi: policyRegistryAbi,
      functionName: 'pendingPolicies',
    }),
  )
  return Promise.all(hashes.map((manifestHash) => readPolicy(chain, manifestHash)))
}
