import type { Hex } from 'viem'
import { drandBeaconAbi } from './abi.ts'
import { uncompressSignature } from './beacon-points.ts'
import type { ChainContext } from './connect.ts'
import { hasRound } from './has-round.ts'
import { sendTransaction } from './send-transaction.ts'

/** Puts a beacon round on chain, which verifies it again. Nothing is sent when somebody has. */
export async function submitRound(
  chain: ChainContext,
  { round, signature }: { round: bigint; signature: Hex },
): Promise<void> {
  if (await hasRound(chain, round)) return
  await sendTransaction(chain, {
    address: chain.deployment.contracts.drandBeacon,
    abi: drandBeaconAbi,
    functionName: 'submit',
    args: [round, uncompressSignature(signature)],
  })
}
