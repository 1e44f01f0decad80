import type { OfferedPart } from '../../learner/export/verified-part.ts'
import { verifyPart } from '../../learner/export/verified-part.ts'
import type { PolicyKeeper } from '../../model/distribution/policy-keeper.ts'
import type { PolicyShelf } from '../../model/policy.ts'
import { committedBundle } from '../../shared/chain/committed-bundle.ts'
import { type MinerCommitment, readCommitments } from '../../shared/chain/read-commitments.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { Observer } from '../../shared/network.ts'
import { fetchBundle } from '../../shared/store/fetch-bundle.ts'
import { type OpenedWindow, readOpenedWindow } from '../../shared/window/read-opened-window.ts'

export interface NetworkSources {
  readonly observer: Observer
  readonly policies: PolicyKeeper
  readonly shelf: PolicyShelf
  readonly allowPrivateHosts: boolean
}

export interface WindowRange {
  readonly from: number
  readonly to: number
}

/**
 * What miners committed to windows whose commit phase is over, by window and miner. A bundle is fetched when it is
 * wanted, and nothing of it is kept.
 * @throws SubnetError WINDOW_NOT_CLOSED (retryable), and those of chain and beacon; a part's `verify` also STORE_…
 */
export async function* offerWindows(
  sources: NetworkSources,
  { from, to }: WindowRange,
): AsyncGenerator<OfferedPart> {
  const { chain, signal } = sources.observer
  for (let window = from; window <= to; window++) {
    signal.throwIfAborted()
    const opened = await readOpenedWindow(sources.observer, window)
    if (!opened) continue
    requireClosed(opened)
    for (const commitment of await readCommitments(chain, window)) yield offer(sources, opened, commitment)
  }
}

/** Others may still commit before that, and would be left out for ever. */
function requireClosed({ window, opening }: OpenedWindow): void {
  if (opening.auditRound) return
  throw new SubnetError(
    'WINDOW_NOT_CLOSED',
    `window ${window} has no audit round yet: miners may still be answering it. What came before is exported; give the same command again when its commit phase is over.`,
    { retryable: true, details: { window } },
  )
}

function offer(sources: NetworkSources, opened: OpenedWindow, commitment: MinerCommitment): OfferedPart {
  const { observer, policies, shelf, allowPrivateHosts } = sources
  const { deployment } = observer.chain
  const { window, windowSeed, rules, policy } = opened
  const committed = committedBundle(deployment, commitment, window, policy.manifestHash)
  const { chainId, subnet, miner, root } = committed
  return {
    ...{ chainId, subnet, window, miner, root },
    async verify() {
      const { maxTokens } = (await policies.obtain(policy)).manifest.sampling
      const options = { allowPrivateHosts, signal: observer.signal }
      const bytes = await fetchBundle(commitment, { rules, maxTokens }, options)
      return verifyPart(await shelf.open(policy.manifestHash), { bytes, committed, windowSeed, rules })
    },
  }
}
