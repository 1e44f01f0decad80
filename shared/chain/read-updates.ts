import { type Hex, zeroHash } from 'viem'
import { policyRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'

/** Manifest hashes of all updates that were ever published, rejected ones too, in block order. */
export async function readUpdates({ publicClient, deployment }: ChainContext): Promise<Hex[]> {
  const events = await askChain('read the published updates', () =>
    publicClient.getContractEvents({
      address: deployment.contracts.policyRegistry,
      abi: policyRegistryAbi,
      eventName: 'PolicyPublished',
      fromBlock: BigInt(deployment.startBlock),
      strict: true,
    }),
  )
  return events.flatMap(({ args: { manifestHash, recordHash } }) =>
    recordHash === zeroHash ? [] : [manifestHash],
  )
}
