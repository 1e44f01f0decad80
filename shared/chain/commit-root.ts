import type { Hex } from 'viem'
import { SubnetError } from '../errors.ts'
import { rolloutLogAbi } from './abi.ts'
import type { ChainContext } from './connect.ts'
import { readCommitment } from './read-commitment.ts'
import { readIdentity } from './read-identity.ts'
import { sendTransaction, signerOf } from './send-transaction.ts'

/**
 * Binds the signing miner to its bundle. Nothing is sent when the same root is already on chain.
 * @throws SubnetError COMMITMENT_CONFLICT when another root is: two processes run with one key, or the journal
 *   was lost
 */
export async function commitRoot(
  chain: ChainContext,
  commitment: { window: number; root: Hex; groups: number; rollouts: number; uri: string },
): Promise<void> {
  const { window, root, groups, rollouts, uri } = commitment
  const { uid } = await readIdentity(chain, 'miner', signerOf(chain).account.address)
  const known = await readCommitment(chain, window, uid)
  if (known?.root === root) return
  if (known) {
    throw new SubnetError(
      'COMMITMENT_CONFLICT',
      `miner ${uid} has already committed ${known.root} in window ${window}, not ${root}. Run one process per key, with its own journal.`,
      { details: { window, uid, known: known.root, root } },
    )
  }
  await sendTransaction(chain, {
    address: chain.deployment.contracts.rolloutLog,
    abi: rolloutLogAbi,
    functionName: 'commitRoot',
    args: [BigInt(window), root, groups, rollouts, uri],
  })
}
