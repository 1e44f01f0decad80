import { slice } from 'viem'
import { SubnetError } from '../errors.ts'
import { epochEnd } from '../protocol/schedule.ts'
import { scoreBookAbi } from './abi.ts'
import type { ChainContext } from './connect.ts'
import { hasLasted } from './outbox/has-lasted.ts'
import { readIdentity } from './read-identity.ts'
import { readSchedule } from './read-schedule.ts'
import { readScoreCommit } from './read-score-commit.ts'
import { type ScoreRow, scoreCommitHash } from './score-row.ts'
import { sendTransaction, signerOf } from './send-transaction.ts'

/**
 * Commits the signing validator to a row without showing it. Nothing is sent when the same hash is on chain, or its row is open.
 * @returns whether its block is so deep that it cannot vanish; call again until it is
 * @throws SubnetError SCORES_CONFLICT when another hash is
 */
export async function commitScores(chain: ChainContext, row: ScoreRow): Promise<boolean> {
  const { uid } = await readIdentity(chain, 'validator', signerOf(chain).account.address)
  const { scoreBook } = chain.deployment.contracts
  const deadline = epochEnd(await readSchedule(chain), row.epoch)
  const intent = { kind: 'commit scores', of: String(row.epoch), deadline }
  const hash = scoreCommitHash(chain.deployment, uid, row)
  const known = await readScoreCommit(chain, row.epoch, uid)
  if (known?.revealed || known?.hash === slice(hash, 0, 24)) return hasLasted(chain, scoreBook, intent)
  if (known) {
    throw new SubnetError(
      'SCORES_CONFLICT',
      `validator ${uid} has already committed other scores for epoch ${row.epoch}. Run one process per key, with its own journal.`,
      { details: { epoch: row.epoch, uid, known: known.hash, hash } },
    )
  }
  await sendTransaction(
    chain,
    { address: scoreBook, abi: scoreBookAbi, functionName: 'commit', args: [BigInt(row.epoch), hash] },
    intent,
  )
  return hasLasted(chain, scoreBook, intent)
}
