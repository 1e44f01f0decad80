import { prefetchPolicy } from '../model/distribution/prefetch-policy.ts'
import { pruneCheckpoints } from '../model/distribution/prune-checkpoints.ts'
import { claimSettledEpochs } from '../shared/chain/claim-settled-epochs.ts'
import { readHotKey } from '../shared/chain/read-hot-key.ts'
import { signerOf } from '../shared/chain/send-transaction.ts'
import type { Duty } from '../shared/duty.ts'
import { commitDeadline, windowAt, windowStart } from '../shared/protocol/schedule.ts'
import { runDuties } from '../shared/run-duties.ts'
import { announceBundles } from './announce-bundles.ts'
import { type Miner, mineWindow } from './mine-window.ts'

/** The miner's life: claim what earlier epochs paid, answer the window that is open, until the signal aborts. */
export async function runMiner(miner: Miner, tidy: readonly Duty[]): Promise<void> {
  const { network, uid } = miner
  const { schedule, log } = network
  log.info('started miner', { uid, subnet: network.chain.deployment.name })
  let skipped = -1
  await runDuties(network, [
    claimSettledEpochs(network, 'miner', uid),
    prefetchPolicy(network, miner.policies),
    ...tidy,
    pruneCheckpoints(network, [miner.policies.shelf]),
    announceBundles(miner),
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
        if (await signedBefore(miner, window)) return mineWindow(miner, window)
        if (skipped !== window) log.info('skipped window', { window, why: 'the hot key is newer than it' })
        skipped = window
      },
    },
  ])
}

/** A commitment of a key that did not sign before the window counts for nobody. */
async function signedBefore({ network, uid }: Miner, window: number): Promise<boolean> {
  const { chain, schedule } = network
  const key = await readHotKey(chain, { role: 'miner', uid }, windowStart(schedule, window) - 1n)
  return key === signerOf(chain).account.address
}
