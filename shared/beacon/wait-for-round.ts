import { systemClock } from '../clock.ts'
import { type FetchRoundOptions, fetchRound } from './fetch-round.ts'
import { timeOfRound } from './rounds.ts'
import type { VerifiedRound } from './verify-round.ts'

/**
 * Sleeps until a round is due, then fetches it. Our clock decides only when to ask, never what is true: a wrong
 * one costs time.
 * @throws SubnetError as `fetchRound`; the signal's reason when it aborts
 */
export async function waitForRound(options: FetchRoundOptions): Promise<VerifiedRound> {
  const { chain, round, signal, clock = systemClock } = options
  const dueMs = Number(timeOfRound(chain, round)) * 1000
  const leftMs = dueMs - clock.nowMs()
  if (leftMs > 0) await clock.sleep(leftMs, signal)
  return fetchRound(options)
}
