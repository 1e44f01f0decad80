import { evmSignature } from '../beacon/evm-points.ts'
import type { VerifiedRound } from '../beacon/verify-round.ts'
import { drandBeaconAbi } from './abi.ts'
import type { ChainContext } from './connect.ts'
import { hasRound } from './has-round.ts'
import { sendTransaction } from './send-transaction.ts'

/** Puts a beacon round on chain, which verifies it again. Nothing is sent when somebody has. */
export async function submitRound(chain: ChainContext, beacon: VerifiedRound): Promise<void> {
  if (await hasRound(chain, beacon.round)) return
  await sendTransaction(
    chain,
    {
      address: chain.deployment.contracts.drandBeacon,
      abi: drandBeaconAbi,
      functionName: 'submit',
      args: [beacon.round, evmSignature(beacon)],
    },
    { kind: 'submit round', of: String(beacon.round) },
  )
}
