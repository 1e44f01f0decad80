import { readBlockNumber } from './chain/read-block-number.ts'
import { NotSent } from './chain/rehearsal.ts'
import type { Duty } from './duty.ts'
import { SubnetError } from './errors.ts'
import type { Network } from './network.ts'

/**
 * One look at the chain, and every duty once, up to the first transaction that it would send: what comes after rests
 * on that one.
 * @throws what the first duty failed with, once all had their turn
 */
export async function rehearseDuties(
  { chain, log, signal }: Network,
  duties: readonly Duty[],
): Promise<void> {
  const failures: unknown[] = []
  const block = await readBlockNumber(chain)
  for (const { name: duty, run } of duties) {
    if (signal.aborted) return
    try {
      await run(block)
      log.info('would send nothing', { duty })
    } catch (error) {
      if (error instanceof NotSent) log.info('would send', { duty, ...error.call })
      else if (error instanceof SubnetError)
        log.warn('failed duty', { duty, code: error.code, why: error.message })
      if (!(error instanceof NotSent)) failures.push(error)
    }
  }
  if (failures.length > 0 && !signal.aborted) throw failures[0]
}
