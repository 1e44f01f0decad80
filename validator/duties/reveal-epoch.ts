import { revealScores } from '../../shared/chain/reveal-scores.ts'
import { epochOf, revealEnd, windowAt } from '../../shared/protocol/schedule.ts'
import type { Validator } from '../validator.ts'

/**
 * Reveals the row committed for the epoch before the running one, while its reveal phase lasts. Whether it was
 * committed is for the chain to say: a kill may come before the journal knows, and a reorganisation after.
 */
export async function revealEndedEpoch({ network, journal }: Validator, block: bigint): Promise<void> {
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
  if (revealed === 'uncommitted') {
    const why = 'no row of scores was committed before the epoch ended; earlier lines say what failed'
    journal.abstain(epoch, why)
    log.warn('abstained', { epoch, why })
  }
}
