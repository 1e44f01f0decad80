import type { Hex } from 'viem'
import type { VerifiedRound } from '../beacon/verify-round.ts'
import { waitForRound } from '../beacon/wait-for-round.ts'
import { openWindow } from '../chain/open-window.ts'
import { type Opening, readOpening } from '../chain/read-opening.ts'
import type { Network } from '../network.ts'
import { auditSeed, windowSeed } from '../protocol/seed.ts'

export interface SeededWindow {
  readonly window: number
  /** S_w */
  readonly seed: Hex
  readonly opening: Opening
  readonly round: VerifiedRound
}

/**
 * S_w of a window that has started: opens it on chain if nobody has yet, then waits for its verified beacon
 * round. A beacon that is late or wrong stops the window; there is no other randomness.
 */
export async function fetchWindowSeed(network: Network, window: number): Promise<SeededWindow> {
  const opening = (await readOpening(network.chain, window)) ?? (await openWindow(network.chain, window))
  const round = await waitForRound({ ...beaconCall(network), round: opening.openRound })
  const seed = windowSeed({
    chainId: network.chain.deployment.chainId,
    rolloutLog: network.chain.deployment.contracts.rolloutLog,
    window,
    blockHash: opening.blockHash,
    randomness: round.randomness,
  })
  return { window, seed, opening, round }
}

export interface AuditBeacon {
  /** A_w */
  readonly seed: Hex
  readonly round: VerifiedRound
}

/** A_w of a window whose commit deadline has passed and that `closeWindow` has given an audit round. */
export async function fetchAuditSeed(
  network: Network,
  window: SeededWindow,
  auditRound: bigint,
): Promise<AuditBeacon> {
  const round = await waitForRound({ ...beaconCall(network), round: auditRound })
  return { seed: auditSeed(window.seed, round.randomness), round }
}

function beaconCall({ beacon, signal, clock }: Network) {
  return { chain: beacon.chain, relays: beacon.relays, signal, clock }
}
