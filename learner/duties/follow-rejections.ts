import { readChallenge } from '../../shared/chain/read-challenge.ts'
import type { Learner } from '../learner.ts'

/**
 * Notes which of the published updates validators stopped. What was built on a rejected one is rejected with it, so
 * that the newest tells of all. The next update then starts from the latest policy that stands.
 */
export async function followRejections({ network, journal }: Learner): Promise<void> {
  const { chain, log } = network
  for (const { number, window, checkpoint } of journal.updatesIn('published')) {
    if (checkpoint === null) continue
    const { rejected, objectingStake, activeStake } = await readChallenge(chain, checkpoint)
    if (!rejected) return
    const why = `validators with ${objectingStake} of ${activeStake} objected`
    journal.advanceUpdate(number, { state: 'rejected', why })
    log.warn('rejected update', { window, policy: checkpoint, why })
  }
}
