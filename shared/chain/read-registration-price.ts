import { stakeRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { type Role, roleIndex } from './role.ts'

/** What an identity costs in the latest block, in token units, besides its stake. */
export function readRegistrationPrice(
  { publicClient, deployment }: ChainContext,
  role: Role,
): Promise<bigint> {
  return askChain(`read the price of a ${role}`, () =>
    publicClient.readContract({
      address: deployment.contracts.stakeRegistry,
      abi: stakeRegistryAbi,
      functionName: 'registrationPrice',
      args: [roleIndex(role)],
    }),
  )
}
