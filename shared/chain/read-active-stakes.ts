import { stakeRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { roleIndex } from './role.ts'

/** Stakes of all validators that count in an epoch's consensus, by uid. */
export async function readActiveStakes(chain: ChainContext, epoch: number): Promise<readonly bigint[]> {
  return askChain(`read the stakes of epoch ${epoch}`, () =>
    chain.publicClient.readContract({
      address: chain.deployment.contracts.stakeRegistry,
      abi: stakeRegistryAbi,
      functionName: 'activeStakes',
      args: [roleIndex('validator'), BigInt(epoch)],
    }),
  )
}
