import { readCommitment } from '../../shared/chain/read-commitments.ts'
import { fitsRoot } from '../../shared/protocol/commitment.ts'
import { isStoreError } from '../../shared/store/fetch-bundle.ts'
import { readOpenedWindow } from '../../shared/window/read-opened-window.ts'
import { checkBundle } from '../check-bundle.ts'
import type { DeliveryEntry } from '../journal.ts'
import { type Learner, poolKey } from '../learner.ts'

/**
 * After a restart: admits again what was admitted before and not used yet. The groups themselves are not kept, only
 * the bundles that they came from; admission gives the same groups again.
 */
export async function refillPool(learner: Learner): Promise<void> {
  for (const delivery of learner.journal.waiting()) {
    if (learner.pool.has(poolKey(delivery))) continue
    learner.network.signal.throwIfAborted()
    await admitAgain(learner, delivery)
  }
}

async function admitAgain(learner: Learner, delivery: DeliveryEntry): Promise<void> {
  const { network, store, journal, pool } = learner
  const { window, miner, bundle } = delivery
  try {
    const opened = await readOpenedWindow(network, window)
    const commitment = await readCommitment(network.chain, window, miner)
    if (!opened || !commitment) return
    const fits = (bytes: Uint8Array) => fitsRoot(bytes, commitment.root, opened)
    const bytes = await store.fetch(String(bundle), { maxBytes: Number.MAX_SAFE_INTEGER, fits })
    const checked = await checkBundle(learner, opened, commitment, bytes)
    if ('aside' in checked) journal.spend(window, miner)
    else pool.set(poolKey(delivery), checked.groups)
  } catch (error) {
    if (!isStoreError(error)) throw error
    journal.spend(window, miner)
    network.log.warn('lost bundle', { window, miner, code: error.code, why: error.message })
  }
}
