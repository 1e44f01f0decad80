import { readBlockNumber } from './chain/read-block-number.ts'
import type { Duty } from './duty.ts'
import { SubnetError } from './errors.ts'
import { asFullDisk } from './full-disk.ts'
import type { Network } from './network.ts'
import { rehearseDuties } from './rehearse-duties.ts'

/** Longest pause of a duty that keeps failing for a reason that may pass. */
const longestBackoffPolls = 32

/**
 * Looks at the chain, does what is due, sleeps, until the signal aborts. A failure that may pass is logged with
 * its code and tried again at growing intervals; the other duties go on. One that cannot pass ends the role. A
 * rehearsal is one round of the same duties.
 * @throws SubnetError that is not retryable, and anything that is not a SubnetError (a defect of ours)
 */
export async function runDuties(network: Network, duties: readonly Duty[]): Promise<void> {
  if (network.chain.rehearse) return rehearseDuties(network, duties)
  const { chain, clock, log, signal, pollMs, upkeep } = network
  const failures = new Map<string, { count: number; notBeforeMs: number }>()
  const attempt = async (name: string, run: () => Promise<void>) => {
    const failed = failures.get(name)
    if (failed && clock.elapsedMs() < failed.notBeforeMs) return
    try {
      await run()
      if (failed) log.info('recovered', { duty: name, after: failed.count })
      failures.delete(name)
    } catch (thrown) {
      if (signal.aborted) return
      const error = asFullDisk(thrown) ?? thrown
      if (!(error instanceof SubnetError) || !error.retryable) throw error
      const count = (failed?.count ?? 0) + 1
      const pauseMs = pollMs * Math.min(2 ** count, longestBackoffPolls)
      failures.set(name, { count, notBeforeMs: clock.elapsedMs() + pauseMs })
      log.warn('failed duty', { duty: name, code: error.code, why: error.message, failures: count, pauseMs })
    }
  }
  while (!signal.aborted) {
    let block = -1n
    await attempt('look at the chain', async () => {
      block = await readBlockNumber(chain)
    })
    for (const duty of block < 0n ? [] : [...upkeep, ...duties]) {
      if (!signal.aborted) await attempt(duty.name, () => duty.run(block))
    }
    await clock.sleep(pollMs, signal).catch(() => {})
  }
}
