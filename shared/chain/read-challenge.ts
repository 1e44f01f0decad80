import type { Hex } from 'viem'
import { policyRegistryAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'

/** What validators say of a published update so far. */
export interface Challenge {
  /** First block that takes no more objections. */
  readonly endBlock: bigint
  /** Objected to by enough stake, or built on what was. */
  readonly rejected: boolean
  /** Of all who objected, in token units, whatever they recomputed. */
  readonly objectingStake: bigint
  /** Of all validators, as it counted when the update was published; 0 before the first objection. */
  readonly activeStake: bigint
}

/** @throws SubnetError CHAIN_REVERTED PolicyUnknown */
export async function readChallenge(
  { publicClient, deployment }: ChainContext,
  manifestHash: Hex,
): Promise<Challenge> {
  return askChain(`read the challenge of policy ${manifestHash}`, () =>
    publicClient.readContract({
      address: deployment.contracts.policyRegistry,
      abi: policyRegistryAbi,
      functionName: 'challenge',
      args: [manifestHash],
    }),
  )
}
