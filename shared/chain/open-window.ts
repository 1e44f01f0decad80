import { SubnetError } from '../errors.ts'
import { commitDeadline } from '../protocol/schedule.ts'
import { rolloutLogAbi } from './abi.ts'
import type { ChainContext } from './connect.ts'
import { type Opening, readOpening } from './read-opening.ts'
import { readSchedule } from './read-schedule.ts'
import { sendTransaction } from './send-transaction.ts'

/** Fixes the window's block hash and beacon round; nothing is sent when somebody has. */
export async function openWindow(chain: ChainContext, window: number): Promise<Opening> {
  const known = await readOpening(chain, window)
  if (known) return known
  await sendTransaction(
    chain,
    {
      address: chain.deployment.contracts.rolloutLog,
      abi: rolloutLogAbi,
      functionName: 'openWindow',
      args: [BigInt(window)],
    },
    {
      kind: 'open window',
      of: String(window),
      deadline: commitDeadline(await readSchedule(chain), window),
    },
  )
  const opening = await readOpening(chain, window)
  if (opening) return opening
  throw new SubnetError(
    'CHAIN_INCONSISTENT',
    `window ${window} was opened, but the endpoint does not show it yet: it answers from different nodes`,
    { retryable: true, details: { window } },
  )
}
