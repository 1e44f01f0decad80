import type { Hex } from 'viem'
import { fetchRound } from '../beacon/fetch-round.ts'
import type { VerifiedRound } from '../beacon/verify-round.ts'
import { readActivePolicy } from '../chain/read-active-policy.ts'
import { type Opening, readOpening } from '../chain/read-opening.ts'
import type { PublishedPolicy } from '../chain/read-policy.ts'
import { readRules } from '../chain/read-rules.ts'
import { readSchedule } from '../chain/read-schedule.ts'
import type { Observer } from '../network.ts'
import type { Rules } from '../protocol/rules.ts'
import { epochOf } from '../protocol/schedule.ts'
import { windowSeed } from '../protocol/seed.ts'

/** What a window's rollouts are a function of, besides who answers and the policy's weights. */
export interface OpenedWindow {
  readonly window: number
  readonly opening: Opening
  /** Verified under the pinned key. */
  readonly openRound: VerifiedRound
  readonly windowSeed: Hex
  readonly rules: Rules
  readonly policy: PublishedPolicy
}

/**
 * Reads a window from chain and relays, however long ago it was. Sends nothing.
 * @returns null when nobody opened it: then nobody committed to it either
 * @throws SubnetError those of chain and beacon
 */
export async function readOpenedWindow(
  { chain, beacon, signal }: Observer,
  window: number,
): Promise<OpenedWindow | null> {
  const opening = await readOpening(chain, window)
  if (!opening) return null
  const { chain: pinned, relays } = beacon
  const openRound = await fetchRound({ chain: pinned, relays, round: opening.openRound, signal })
  const { chainId, contracts } = chain.deployment
  const seed = windowSeed({
    chainId,
    rolloutLog: contracts.rolloutLog,
    window,
    blockHash: opening.blockHash,
    randomness: openRound.randomness,
  })
  const { groupSize, maxGroups, auditRatePpm, auditFloor, sketchPositions, coefficients } = await readRules(
    chain,
    epochOf(await readSchedule(chain), window),
  )
  return {
    window,
    opening,
    openRound,
    windowSeed: seed,
    rules: { groupSize, maxGroups, auditRatePpm, auditFloor, sketchPositions, coefficients },
    policy: await readActivePolicy(chain, window),
  }
}
