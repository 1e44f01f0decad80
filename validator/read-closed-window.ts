import type { Hex } from 'viem'
import { fetchRound } from '../shared/beacon/fetch-round.ts'
import type { VerifiedRound } from '../shared/beacon/verify-round.ts'
import { readActivePolicy } from '../shared/chain/read-active-policy.ts'
import { readOpening } from '../shared/chain/read-opening.ts'
import { readRules } from '../shared/chain/read-rules.ts'
import { readSchedule } from '../shared/chain/read-schedule.ts'
import { SubnetError } from '../shared/errors.ts'
import type { Network } from '../shared/network.ts'
import type { Rules } from '../shared/protocol/rules.ts'
import { epochOf } from '../shared/protocol/schedule.ts'
import { auditSeed, windowSeed } from '../shared/protocol/seed.ts'

/** What anybody needs to look at a subnet from outside: no key, no journal. */
export type Observer = Pick<Network, 'chain' | 'beacon' | 'signal'>

/** All that a window's verdicts are a function of, besides the bundles and the policy's weights. */
export interface ClosedWindow {
  readonly window: number
  readonly blockHash: Hex
  /** Verified under the pinned key: of the window seed, and of the audit seed. */
  readonly openRound: VerifiedRound
  readonly auditRound: VerifiedRound
  readonly windowSeed: Hex
  readonly auditSeed: Hex
  readonly rules: Rules
  /** Manifest hash. */
  readonly policy: Hex
}

/**
 * Reads a window that is over, from chain and relays. Sends nothing.
 * @throws SubnetError WINDOW_NOT_CLOSED (retryable), and those of chain and beacon
 */
export async function readClosedWindow(
  { chain, beacon, signal }: Observer,
  window: number,
): Promise<ClosedWindow> {
  const opening = await readOpening(chain, window)
  if (!opening?.auditRound) {
    throw new SubnetError(
      'WINDOW_NOT_CLOSED',
      `window ${window} has no audit round yet: nobody has ${opening ? 'closed' : 'opened'} it on chain. Try again when its commit phase is over.`,
      { retryable: true, details: { window } },
    )
  }
  const ask = (round: bigint) => fetchRound({ chain: beacon.chain, relays: beacon.relays, round, signal })
  const openRound = await ask(opening.openRound)
  const auditRound = await ask(opening.auditRound)
  const { chainId, contracts } = chain.deployment
  const { blockHash } = opening
  const seed = windowSeed({
    chainId,
    rolloutLog: contracts.rolloutLog,
    window,
    blockHash,
    randomness: openRound.randomness,
  })
  const { groupSize, maxGroups, auditRatePpm, auditFloor, sketchPositions, coefficients } = await readRules(
    chain,
    epochOf(await readSchedule(chain), window),
  )
  const { manifestHash } = await readActivePolicy(chain, window)
  return {
    window,
    blockHash,
    openRound,
    auditRound,
    windowSeed: seed,
    auditSeed: auditSeed(seed, auditRound.randomness),
    rules: { groupSize, maxGroups, auditRatePpm, auditFloor, sketchPositions, coefficients },
    policy: manifestHash,
  }
}
