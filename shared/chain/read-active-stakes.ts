import { stakeRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { readRoleCount } from './read-role-count.ts'
import { roleIndex } from './role.ts'

/** What one call may ask for: each costs the endpoint a few reads of its state. */
const atOnce = 512

/** The stake that counts in an epoch, of every validator that ever registered, in uid order. */
export async function readActiveStakes(chain: ChainContext, epoch: number): Promise<bigint[]> {
  const count = await readRoleCount(chain, 'validator')
  const firsts = Array.from({ length: Math.ceil(count / atOnce) }, (_, i) => atOnce * i)
  const parts = await askChain(`read the stakes of epoch ${epoch}`, () =>
    Promise.all(
      firsts.map((first) =>
        chain.publicClient.readContract({
          address: chain.deployment.contracts.stakeRegistry,
          abi: stakeRegistryAbi,
          functionName: 'activeStakes',
          args: [roleIndex('validator'), BigInt(epoch), first, Math.min(atOnce, count - first)],
        }),
      ),
    ),
  )
  return parts.flat()
}
