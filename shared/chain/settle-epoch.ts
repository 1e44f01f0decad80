import { SubnetError } from '../errors.ts'
import { settlementAbi } from './abi.ts'
import { revertedWith } from './ask-chain.ts'
import type { ChainContext } from './connect.ts'
import { readReveals } from './read-reveals.ts'
import { readSettlement } from './read-settlement.ts'
import type { Settlement } from './read-settlements.ts'
import { sendTransaction } from './send-transaction.ts'

/** Settles an epoch whose reveal phase is over; nothing is sent when somebody has. */
export async function settleEpoch(chain: ChainContext, epoch: number): Promise<Settlement> {
  const known = await readSettlement(chain, epoch)
  if (known) return known
  const reveals = await readReveals(chain, epoch)
  try {
    await sendTransaction(chain, {
      address: chain.deployment.contracts.settlement,
      abi: settlementAbi,
      functionName: 'settle',
      args: [BigInt(epoch), reveals.map(({ row }) => row)],
    })
  } catch (error) {
    // Another validator was faster; its result is ours.
    if (revertedWith(error) !== 'EpochAlreadySettled') throw error
  }
  const settlement = await readSettlement(chain, epoch)
  if (settlement) return settlement
  throw new SubnetError(
    'CHAIN_INCONSISTENT',
    `epoch ${epoch} was settled, but the endpoint does not show it yet: it answers from different nodes`,
    { retryable: true, details: { epoch } },
  )
}
