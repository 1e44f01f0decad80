import { slice } from 'viem'
import { hasPassed } from '../../shared/chain/has-passed.ts'
import { readScoreCommit } from '../../shared/chain/read-score-commit.ts'
import { revealScores } from '../../shared/chain/reveal-scores.ts'
import { scoreCommitHash } from '../../shared/chain/score-row.ts'
import { epochEnd, epochOf, revealEnd, windowAt } from '../../shared/protocol/schedule.ts'
import type { Validator } from '../validator.ts'

/**
 * Reveals the row committed for the epoch before the running one, while its reveal phase lasts. Whether it was
 * committed is for the chain to say: a kill may come before the journal knows, and a reorganisation after.
 */
export async function revealEndedEpoch(validator: Validator, block: bigint): Promise<void> {
  const { network, journal } = validator
  const { schedule, chain, log } = network
  const epoch = epochOf(schedule, windowAt(schedule, block)) - 1
  if (epoch < 0 || block >= revealEnd(schedule, epoch)) return
  const row = journal.findRow(epoch)
  if (row?.state === 'revealed' || journal.findAbstention(epoch)) return
  const revealed = row ? await revealScores(chain, row) : 'uncommitted'
  if (row && revealed === 'for good') {
    journal.advanceRow(epoch, 'revealed')
    log.info('revealed scores', { epoch, weights: row.weights })
  }
  if (revealed === 'uncommitted' && (await isLost(validator, epoch))) {
    const why = 'no row of scores was committed before the epoch ended; earlier lines say what failed'
    journal.abstain(epoch, why)
    log.warn('abstained', { epoch, why })
  }
}

/**
 * An abstention is for good, and who commits and does not reveal is slashed: neither an endpoint that lags nor a false
 * head may bring it about.
 */
async function isLost({ network, journal, uid }: Validator, epoch: number): Promise<boolean> {
  const { chain, schedule } = network
  const asOf = await hasPassed(chain, epochEnd(schedule, epoch))
  if (asOf === null) return false
  const commit = await readScoreCommit(chain, epoch, uid, asOf)
  if (commit === null) return true
  const row = journal.findRow(epoch)
  const own = row && slice(scoreCommitHash(chain.deployment, uid, row), 0, 24)
  return !commit.revealed && commit.hash !== own
}
