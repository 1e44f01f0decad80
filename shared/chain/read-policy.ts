import type { Hex } from 'viem'
import { policyRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'

export interface PublishedPolicy {
  readonly manifestHash: Hex
  /** Manifest hash of the checkpoint it was trained from; zero for the first. */
  readonly parent: Hex
  /** sha256 of the update's record; zero for the first, and for one that a vote chose. */
  readonly recordHash: Hex
  /** keccak256 of the environment's name. */
  readonly environmentId: Hex
  readonly environmentHash: Hex
  readonly activationWindow: number
  readonly uri: string
}

/** @throws SubnetError CHAIN_REVERTED PolicyUnknown */
export async function readPolicy(
  { publicClient, deployment }: ChainContext,
  manifestHash: Hex,
): Promise<PublishedPolicy> {
  const { parent, recordHash, environmentId, environmentHash, activationWindow, uri } = await askChain(
    `read policy ${manifestHash}`,
    () =>
      publicClient.readContract({
        address: deployment.contracts.policyRegistry,
        abi: policyRegistryAbi,
        functionName: 'policy',
        args: [manifestHash],
      }),
  )
  return {
    manifestHash,
    parent,
    recordHash,
    environmentId,
    environmentHash,
    activationWindow: Number(activationWindow),
    uri,
  }
}
