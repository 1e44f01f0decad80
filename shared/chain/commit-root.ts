import type { Hex } from 'viem'
import { SubnetError } from '../errors.ts'
import { commitDeadline } from '../protocol/schedule.ts'
import { rolloutLogAbi } from './abi.ts'
import type { ChainContext } from './connect.ts'
import { hasLasted } from './outbox/has-lasted.ts'
import { readCommitment } from './read-commitment.ts'
import { readIdentity } from './read-identity.ts'
import { readSchedule } from './read-schedule.ts'
import { sendTransaction, signerOf } from './send-transaction.ts'

/**
 * Binds the signing miner to its bundle. Nothing is sent when the same root is already on chain.
 * @returns whether its block is so deep that it cannot vanish; call again until it is
 * @throws SubnetError COMMITMENT_CONFLICT when another root is: two processes run with one key, or the journal
 *   was lost
 */
export async function commitRoot(
  chain: ChainContext,
  commitment: { window: number; root: Hex; groups: number; rollouts: number; uri: string },
): Promise<boolean> {
  const { window, root, groups, rollouts, uri } = commitment
  const { uid } = await readIdentity(chain, 'miner', signerOf(chain).account.address)
  const { rolloutLog } = chain.deployment.contracts
  const schedule = await readSchedule(chain)
  const intent = { kind: 'commit root', of: String(window), deadline: commitDeadline(schedule, window) }
  const known = await readCommitment(chain, window, uid)
  if (known?.root === root) return hasLasted(chain, rolloutLog, intent)
  if (known) {
    throw new SubnetError(
      'COMMITMENT_CONFLICT',
      `miner ${uid} has already committed ${known.root} in window ${window}, not ${root}. Run one process per key, with its own journal.`,
      { details: { window, uid, known: known.root, root } },
    )
  }
  await sendTransaction(
    chain,
    {
      address: rolloutLog,
      abi: rolloutLogAbi,
      functionName: 'commitRoot',
      args: [BigInt(window), root, groups, rollouts, uri],
    },
    intent,
  )
  return hasLasted(chain, rolloutLog, intent)
}
