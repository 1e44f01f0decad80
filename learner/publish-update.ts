import { findPolicy } from '../shared/chain/find-policy.ts'
import { isPublishedForGood, publishPolicy } from '../shared/chain/publish-policy.ts'
import { readEarliestActivation } from '../shared/chain/read-earliest-activation.ts'
import type { UpdateEntry } from './journal.ts'
import type { Learner } from './learner.ts'
import { offerUpdate } from './offer-update.ts'
import { readLineage } from './read-lineage.ts'
import { reportUpdate } from './report-update.ts'

/**
 * Announces a written update, in force from the first window that the chain allows; call it until the announcement
 * cannot vanish any more. What the chain already has is only noted; an update whose parent is no longer the latest policy is discarded, since the chain refuses it.
 */
export async function publishUpdate(learner: Learner, entry: UpdateEntry): Promise<void> {
  const { journal, network } = learner
  const { chain, log } = network
  const { number, parent, window, checkpoint } = entry
  if (checkpoint === null) throw new TypeError('an update without a checkpoint')
  if (!(await findPolicy(chain, checkpoint))) {
    const { latest } = await readLineage(chain, 0)
    if (latest.manifestHash !== parent) {
      const why = `its parent ${parent} is not the latest policy any more, that is ${latest.manifestHash}`
      journal.advanceUpdate(number, { state: 'discarded', why })
      log.warn('discarded update', { window, code: 'PARENT_SUPERSEDED', why })
      return
    }
    const { environmentId, environmentHash } = latest
    const { uri, recordHash } = await offerUpdate(learner, entry)
    const activationWindow = await readEarliestActivation(chain, latest)
    await publishPolicy(chain, {
      ...{ manifestHash: checkpoint, parent, recordHash },
      ...{ environmentId, environmentHash, activationWindow, uri },
    })
  }
  if (!isPublishedForGood(chain, checkpoint)) return
  journal.advanceUpdate(number, { state: 'published' })
  await reportUpdate(learner, entry, 'published update')
}
