import { type Hex, zeroHash } from 'viem'
import { policyRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { readPages } from './read-pages.ts'

/** Manifest hashes of all updates that were ever published, rejected ones too, in block order. */
export async function readUpdates(chain: ChainContext): Promise<Hex[]> {
  const { publicClient, deployment } = chain
  const events = await askChain('read the published updates', () =>
    readPages(chain, { fromBlock: BigInt(deployment.startBlock) }, (page) =>
      publicClient.getContractEvents({
        address: deployment.contracts.policyRegistry,
        abi: policyRegistryAbi,
        eventName: 'PolicyPublished',
        ...page,
        strict: true,
      }),
    ),
  )
  return events.flatMap(({ args: { manifestHash, recordHash } }) =>
    recordHash === zeroHash ? [] : [manifestHash],
  )
}
