import type { Address } from 'viem'
import { stakeRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { type Identity, readEntity } from './read-entity.ts'
import { type Role, roleIndex } from './role.ts'

/** @throws SubnetError CHAIN_REVERTED HotKeyUnknown when the key serves no identity of that role */
export async function readIdentity(chain: ChainContext, role: Role, hotKey: Address): Promise<Identity> {
  const uid = await askChain(`find the ${role} of hot key ${hotKey}`, () =>
    chain.publicClient.readContract({
      address: chain.deployment.contracts.stakeRegistry,
      abi: stakeRegistryAbi,
      functionName: 'uidOf',
      args: [roleIndex(role), hotKey],
    }),
  )
  return readEntity(chain, role, uid)
}
