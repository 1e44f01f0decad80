import type { Hex } from 'viem'
import { policyRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { readPages } from './read-pages.ts'

export interface Objection {
  readonly validatorUid: number
  /** Manifest hash of what this validator got instead. */
  readonly ownHash: Hex
  /** In token units, as it counted when the update was published. */
  readonly stake: bigint
}

/** Every objection to one policy, in block order; none where it is unknown. */
export async function readObjections(chain: ChainContext, manifestHash: Hex): Promise<Objection[]> {
  const { publicClient, deployment } = chain
  const events = await askChain(`read the objections to policy ${manifestHash}`, () =>
    readPages(chain, { fromBlock: BigInt(deployment.startBlock) }, (page) =>
      publicClient.getContractEvents({
        address: deployment.contracts.policyRegistry,
        abi: policyRegistryAbi,
        eventName: 'PolicyObjected',
        args: { manifestHash },
        ...page,
        strict: true,
      }),
    ),
  )
  return events.map(({ args: { validatorUid, ownHash, stake } }) => ({ validatorUid, ownHash, stake }))
}
