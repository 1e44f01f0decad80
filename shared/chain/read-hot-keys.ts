import { type Address, zeroAddress } from 'viem'
import { stakeRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { readRoleCount } from './read-role-count.ts'
import { type Role, roleIndex } from './role.ts'

/** The registry reads four words for each of them; nodes bound what one call may cost. */
const keysPerCall = 1000

/** The keys that signed for all of a role's active identities at the end of a block, with their uids. */
export async function readHotKeys(
  chain: ChainContext,
  role: Role,
  block: bigint,
): Promise<ReadonlyMap<Address, number>> {
  const { publicClient, deployment } = chain
  const count = await readRoleCount(chain, role)
  const uids = new Map<Address, number>()
  for (let first = 0; first < count; first += keysPerCall) {
    const keys = await askChain(`read the hot keys of ${role}s`, () =>
      publicClient.readContract({
        address: deployment.contracts.stakeRegistry,
        abi: stakeRegistryAbi,
        functionName: 'hotKeysAt',
        args: [roleIndex(role), first, Math.min(keysPerCall, count - first), block],
      }),
    )
    for (const [i, key] of keys.entries()) if (key !== zeroAddress) uids.set(key, first + i)
  }
  return uids
}
