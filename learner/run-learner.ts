import { prefetchPolicy } from '../model/distribution/prefetch-policy.ts'
import { pruneCheckpoints } from '../model/distribution/prune-checkpoints.ts'
import type { Duty } from '../shared/duty.ts'
import { runDuties } from '../shared/run-duties.ts'
import { collectWindows } from './duties/collect-windows.ts'
import { followRejections } from './duties/follow-rejections.ts'
import { refillPool } from './duties/refill-pool.ts'
import { takeUpdates } from './duties/take-updates.ts'
import type { Learner } from './learner.ts'

/** The learner's life: take in what closed windows brought, and make the next policy of it. */
export async function runLearner(learner: Learner, tidy: Duty): Promise<void> {
  const { network, journal, purpose } = learner
  network.log.info('started learner', { ...purpose })
  let told = ''
  const tellOnce = (why: string) => {
    const window = journal.newestWindow()
    if (window === undefined || told === `${window} ${why}`) return
    told = `${window} ${why}`
    network.log.info('waiting for groups', { window, why })
  }
  await runDuties(network, [
    { name: 'follow', run: () => followRejections(learner) },
    prefetchPolicy(network, learner.policies),
    tidy,
    // What a node trains for itself is nowhere else.
    pruneCheckpoints(network, [
      learner.policies.shelf,
      ...(purpose.kind === 'subnet' ? [learner.updates] : []),
    ]),
    { name: 'refill', run: () => refillPool(learner) },
    { name: 'collect', run: (block) => collectWindows(learner, block) },
    { name: 'update', run: () => takeUpdates(learner, tellOnce) },
  ])
}
