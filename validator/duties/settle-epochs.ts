import { readNextEpoch } from '../../shared/chain/read-next-epoch.ts'
import { settleEpoch } from '../../shared/chain/settle-epoch.ts'
import { revealEnd } from '../../shared/protocol/schedule.ts'
import type { Validator } from '../validator.ts'

/** Settles every epoch that is due, oldest first. Anyone may; the result does not depend on who does. */
export async function settleEndedEpochs({ network }: Validator, block: bigint): Promise<void> {
  const { schedule, chain, log } = network
  for (let epoch = await readNextEpoch(chain); block >= revealEnd(schedule, epoch); epoch++) {
    const { voided } = await settleEpoch(chain, epoch)
    log.info('settled epoch', { epoch, voided })
  }
}
