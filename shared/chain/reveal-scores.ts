import { slice } from 'viem'
import { revealEnd } from '../protocol/schedule.ts'
import { scoreBookAbi } from './abi.ts'
import type { ChainContext } from './connect.ts'
import { hasLasted } from './outbox/has-lasted.ts'
import { readIdentity } from './read-identity.ts'
import { readSchedule } from './read-schedule.ts'
import { readScoreCommit } from './read-score-commit.ts'
import { encodeWeights, type ScoreRow, scoreCommitHash } from './score-row.ts'
import { sendTransaction, signerOf } from './send-transaction.ts'

/** `uncommitted`: the chain has no commitment to this row, so there is nothing to open. */
export type Reveal = 'uncommitted' | 'in a block' | 'for good'

/** Opens the signing validator's commitment. Nothing is sent when it is open. */
export async function revealScores(chain: ChainContext, row: ScoreRow): Promise<Reveal> {
  const { uid } = await readIdentity(chain, 'validator', signerOf(chain).account.address)
  const { scoreBook } = chain.deployment.contracts
  const deadline = revealEnd(await readSchedule(chain), row.epoch)
  const intent = { kind: 'reveal scores', of: String(row.epoch), deadline }
  const state = () => (hasLasted(chain, scoreBook, intent) ? 'for good' : 'in a block')
  const known = await readScoreCommit(chain, row.epoch, uid)
  if (known?.revealed) return state()
  if (known?.hash !== slice(scoreCommitHash(chain.deployment, uid, row), 0, 24)) return 'uncommitted'
  await sendTransaction(
    chain,
    {
      address: scoreBook,
      abi: scoreBookAbi,
      functionName: 'revealFor',
      args: [uid, BigInt(row.epoch), encodeWeights(row.weights), row.salt, row.evidenceRoot],
    },
    intent,
  )
  return state()
}
