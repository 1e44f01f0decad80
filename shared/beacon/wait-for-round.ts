import { systemClock } from '../clock.ts'
import { SubnetError } from '../errors.ts'
import { askRelay } from './ask-relay.ts'
import { type FetchRoundOptions, fetchRound } from './fetch-round.ts'
import { timeOfRound } from './rounds.ts'
import type { VerifiedRound } from './verify-round.ts'

/** A clock that is minutes behind must not cost a window: after so long, relays are asked what they have. */
const longestSleepMs = 5000
const requestTimeoutMs = 5000

/**
 * Sleeps until a round is due, then fetches it. Our clock decides only when to ask, never what is true: a wrong
 * one costs seconds.
 * @throws SubnetError as `fetchRound`; the signal's reason when it aborts
 */
export async function waitForRound(options: FetchRoundOptions): Promise<VerifiedRound> {
  const { chain, round, signal, clock = systemClock } = options
  const dueMs = Number(timeOfRound(chain, round)) * 1000
  for (;;) {
    const leftMs = dueMs - clock.nowMs()
    if (leftMs > 0) await clock.sleep(Math.min(leftMs, longestSleepMs), signal)
    if (leftMs <= longestSleepMs) return fetchRound(options)
    const early = await peek(options)
    if (early) return early
  }
}

/** The round, if a relay has it already; silence and lies are for `fetchRound` to tell of. */
async function peek({ chain, relays, round, signal }: FetchRoundOptions): Promise<VerifiedRound | null> {
  for (const relay of relays) {
    try {
      return await askRelay({ chain, relay, round, timeoutMs: requestTimeoutMs, signal })
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof SubnetError)) throw error
    }
  }
  return null
}
