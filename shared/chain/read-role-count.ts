import { stakeRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { type Role, roleIndex } from './role.ts'

/** How many uids of a role were ever given out: they are 0 … count - 1. */
export async function readRoleCount({ publicClient, deployment }: ChainContext, role: Role): Promise<number> {
  return askChain(`count the ${role}s`, () =>
    publicClient.readContract({
      address: deployment.contracts.stakeRegistry,
      abi: stakeRegistryAbi,
      functionName: 'count',
      args: [roleIndex(role)],
    }),
  )
}
