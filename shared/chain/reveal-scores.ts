import { scoreBookAbi } from './abi.ts'
import type { ChainContext } from './connect.ts'
import { readIdentity } from './read-identity.ts'
import { readScoreCommit } from './read-score-commit.ts'
import { encodeWeights, type ScoreRow } from './score-row.ts'
import { sendTransaction, signerOf } from './send-transaction.ts'

/** Opens the signing validator's commitment. Nothing is sent when it is open. */
export async function revealScores(chain: ChainContext, row: ScoreRow): Promise<void> {
  const { uid } = await readIdentity(chain, 'validator', signerOf(chain).account.address)
  const known = await readScoreCommit(chain, row.epoch, uid)
  if (known?.revealed) return
  await sendTransaction(chain, {
    address: chain.deployment.contracts.scoreBook,
    abi: scoreBookAbi,
    functionName: 'revealFor',
    args: [uid, BigInt(row.epoch), encodeWeights(row.weights), row.salt, row.evidenceRoot],
  })
}
