import { prefetchPolicy } from '../model/distribution/prefetch-policy.ts'
import { pruneCheckpoints } from '../model/distribution/prune-checkpoints.ts'
import { claimSettledEpochs } from '../shared/chain/claim-settled-epochs.ts'
import type { Duty } from '../shared/duty.ts'
import { runDuties } from '../shared/run-duties.ts'
import { announceBundles } from './announce-bundles.ts'
import { mine } from './mine.ts'
import type { Miner } from './mine-window.ts'

/** The miner's life: claim what earlier epochs paid, answer the window that is open, until the signal aborts. */
export async function runMiner(miner: Miner, tidy: readonly Duty[]): Promise<void> {
  const { network, uid } = miner
  network.log.info('started miner', { uid, subnet: network.chain.deployment.name })
  await runDuties(network, [
    claimSettledEpochs(network, 'miner', uid),
    prefetchPolicy(network, miner.policies),
    ...tidy,
    pruneCheckpoints(network, [miner.policies.shelf]),
    announceBundles(miner),
    mine(miner),
  ])
}
