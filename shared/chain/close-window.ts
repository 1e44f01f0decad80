import { SubnetError } from '../errors.ts'
import { rolloutLogAbi } from './abi.ts'
import type { ChainContext } from './connect.ts'
import { readOpening } from './read-opening.ts'
import { sendTransaction } from './send-transaction.ts'

/** Fixes the audit's beacon round once the commit deadline has passed; nothing is sent when somebody has. */
export async function closeWindow(chain: ChainContext, window: number): Promise<{ auditRound: bigint }> {
  const known = await readOpening(chain, window)
  if (known?.auditRound) return { auditRound: known.auditRound }
  await sendTransaction(
    chain,
    {
      address: chain.deployment.contracts.rolloutLog,
      abi: rolloutLogAbi,
      functionName: 'closeWindow',
      args: [BigInt(window)],
    },
    { kind: 'close window', of: String(window) },
  )
  const opening = await readOpening(chain, window)
  if (opening?.auditRound) return { auditRound: opening.auditRound }
  throw new SubnetError(
    'CHAIN_INCONSISTENT',
    `window ${window} was closed, but the endpoint does not show it yet: it answers from different nodes`,
    { retryable: true, details: { window } },
  )
}
