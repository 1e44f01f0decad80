import { prefetchPolicy } from '../model/distribution/prefetch-policy.ts'
import { pruneCheckpoints } from '../model/distribution/prune-checkpoints.ts'
import { claimSettledEpochs } from '../shared/chain/claim-settled-epochs.ts'
import { commitDeadline, windowAt, windowStart } from '../shared/protocol/schedule.ts'
import { runDuties } from '../shared/run-duties.ts'
import { type Miner, mineWindow } from './mine-window.ts'

/** The miner's life: claim what earlier epochs paid, answer the window that is open, until the signal aborts. */
export async function runMiner(miner: Miner): Promise<void> {
  const { network, uid } = miner
  const { schedule, log } = network
  log.info('started miner', { uid, subnet: network.chain.deployment.name })
  await runDuties(network, [
    claimSettledEpochs(network, 'miner', uid),
    prefetchPolicy(network, miner.policies),
    pruneCheckpoints(network, [miner.policies.shelf]),
    {
      name: 'mine',
      async run(block) {
        const window = windowAt(schedule, block)
        for (const earlier of miner.journal.unsettled()) {
          if (earlier < window) await mineWindow(miner, earlier)
        }
        if (window < 0 || block <= windowStart(schedule, window)) return
        const known = miner.journal.find(window)
        if (known?.state !== 'prepared' && (known || block >= commitDeadline(schedule, window))) return
        await mineWindow(miner, window)
      },
    },
  ])
}
