import { drandBeaconAbi } from './abi.ts'
import { askChain } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'

/** Whether a verified beacon round is on chain. */
export async function hasRound({ publicClient, deployment }: ChainContext, round: bigint): Promise<boolean> {
  return askChain(`look for beacon round ${round}`, () =>
    publicClient.readContract({
      address: deployment.contracts.drandBeacon,
      abi: drandBeaconAbi,
      functionName: 'hasRound',
      args: [round],
    }),
  )
}
