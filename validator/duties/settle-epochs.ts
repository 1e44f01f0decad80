import { readSettlement } from '../../shared/chain/read-settlement.ts'
import { revealScores } from '../../shared/chain/reveal-scores.ts'
import { settleEpoch } from '../../shared/chain/settle-epoch.ts'
import { epochEnd, epochOf, revealEnd, windowAt } from '../../shared/protocol/schedule.ts'
import type { Validator } from '../validator.ts'

/** How many ended epochs are looked back at, for a validator that was away. */
const epochsBack = 3

/** Reveals the row committed for an epoch that has ended, while the reveal phase lasts. */
export async function revealEndedEpoch({ network, journal }: Validator, block: bigint): Promise<void> {
  const { schedule, chain, log } = network
  const epoch = epochOf(schedule, Math.max(0, windowAt(schedule, block))) - 1
  if (epoch < 0 || block < epochEnd(schedule, epoch) || block >= revealEnd(schedule, epoch)) return
  const row = journal.findRow(epoch)
  if (row?.state !== 'committed') return
  await revealScores(chain, row)
  journal.advanceRow(epoch, 'revealed')
  log.info('revealed scores', { epoch, weights: row.weights })
}

/** Settles what is due. Anyone may; the result does not depend on who does. */
export async function settleEndedEpochs({ network }: Validator, block: bigint): Promise<void> {
  const { schedule, chain, log } = network
  const running = epochOf(schedule, Math.max(0, windowAt(schedule, block)))
  for (let epoch = Math.max(0, running - epochsBack); epoch < running; epoch++) {
    if (block < revealEnd(schedule, epoch) || (await readSettlement(chain, epoch))) continue
    const { voided } = await settleEpoch(chain, epoch)
    log.info('settled epoch', { epoch, voided })
  }
}
