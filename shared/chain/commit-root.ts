import { SubnetError } from '../errors.ts'
import type { Commitment } from '../protocol/commitment.ts'
import { commitDeadline } from '../protocol/schedule.ts'
import { rolloutLogAbi } from './abi.ts'
import type { ChainContext } from './connect.ts'
import { hasLasted } from './outbox/has-lasted.ts'
import { readRoots } from './read-roots.ts'
import { readSchedule } from './read-schedule.ts'
import { sendTransaction, signerOf } from './send-transaction.ts'

/**
 * Binds the signing hot key to its bundle. Nothing is sent when the same root is already on chain. The log takes what
 * any key sends: whether it counts is decided by the registry.
 * @returns whether its block is so deep that it cannot vanish; call again until it is
 * @throws SubnetError COMMITMENT_CONFLICT when another root is: two processes run with one key, or the journal
 *   was lost
 */
export async function commitRoot(
  chain: ChainContext,
  { window, root, groups }: Commitment & { readonly window: number },
): Promise<boolean> {
  const hotKey = signerOf(chain).account.address
  const { rolloutLog } = chain.deployment.contracts
  const schedule = await readSchedule(chain)
  const intent = { kind: 'commit root', of: String(window), deadline: commitDeadline(schedule, window) }
  const [known] = await readRoots(chain, schedule, window, [hotKey])
  if (known?.root === root) return hasLasted(chain, rolloutLog, intent)
  if (known) {
    throw new SubnetError(
      'COMMITMENT_CONFLICT',
      `hot key ${hotKey} has already committed ${known.root} in window ${window}, not ${root}. Run one process per key, with its own journal.`,
      { details: { window, hotKey, known: known.root, root } },
    )
  }
  await sendTransaction(
    chain,
    {
      address: rolloutLog,
      abi: rolloutLogAbi,
      functionName: 'commitRoot',
      args: [BigInt(window), root, groups],
    },
    intent,
  )
  return hasLasted(chain, rolloutLog, intent)
}
