import type { Hex } from 'viem'
import { fetchRound } from '../shared/beacon/fetch-round.ts'
import type { VerifiedRound } from '../shared/beacon/verify-round.ts'
import { SubnetError } from '../shared/errors.ts'
import type { Observer } from '../shared/network.ts'
import type { Rules } from '../shared/protocol/rules.ts'
import { auditSeed } from '../shared/protocol/seed.ts'
import { readOpenedWindow } from '../shared/window/read-opened-window.ts'

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
export async function readClosedWindow(observer: Observer, window: number): Promise<ClosedWindow> {
  const opened = await readOpenedWindow(observer, window)
  if (!opened?.opening.auditRound) {
    throw new SubnetError(
      'WINDOW_NOT_CLOSED',
      `window ${window} has no audit round yet: nobody has ${opened ? 'closed' : 'opened'} it on chain. Try again when its commit phase is over.`,
      { retryable: true, details: { window } },
    )
  }
  const { opening, openRound, windowSeed, rules, policy } = opened
  const { beacon, signal } = observer
  const round = opened.opening.auditRound
  const auditRound = await fetchRound({ chain: beacon.chain, relays: beacon.relays, round, signal })
  return {
    window,
    blockHash: opening.blockHash,
    openRound,
    auditRound,
    windowSeed,
    auditSeed: auditSeed(windowSeed, auditRound.randomness),
    rules,
    policy: policy.manifestHash,
  }
}
