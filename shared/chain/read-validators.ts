import { stakeRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { type Identity, readEntity } from './read-entity.ts'
import { roleIndex } from './role.ts'

export interface ValidatorAtBlock extends Identity {
  /** Stake that counts in consensus at the block; an exiting stake is 0. */
  readonly stakeAtBlock: bigint
}

/** Every validator that ever registered, in uid order, with its stake at the end of a past block. */
export async function readValidators(chain: ChainContext, block: bigint): Promise<ValidatorAtBlock[]> {
  const stakes = await askChain(`read the stakes at block ${block}`, () =>
    chain.publicClient.readContract({
      address: chain.deployment.contracts.stakeRegistry,
      abi: stakeRegistryAbi,
      functionName: 'stakesAt',
      args: [roleIndex('validator'), block],
    }),
  )
  return Promise.all(
    stakes.map(async (stakeAtBlock, uid) => ({
      ...(await readEntity(chain, 'validator', uid)),
      stakeAtBlock,
    })),
  )
}
