import { committedBundle } from '../shared/chain/committed-bundle.ts'
import type { MinerCommitment } from '../shared/chain/read-commitments.ts'
import { SubnetError } from '../shared/errors.ts'
import type { OpenedWindow } from '../shared/window/read-opened-window.ts'
import type { Admission, Delivery } from './admit-bundle.ts'
import type { Learner } from './learner.ts'

/** So often may this program end in the middle of one bundle before it leaves that one alone. */
const mostBegun = 3

/** A bundle beside what chain and beacon say of it. */
function deliveryOf(
  { network }: Pick<Learner, 'network'>,
  { window, windowSeed, rules, policy }: OpenedWindow,
  commitment: MinerCommitment,
  bytes: Uint8Array,
): Delivery {
  const { deployment } = network.chain
  const committed = committedBundle(deployment, commitment, window, policy.manifestHash)
  return { bytes, committed, windowSeed, rules }
}

/**
 * In full, on the learner's own thread. Judging a bundle must not end the learner at each of its starts: one at which
 * it failed, or ended too often, is set aside with its bytes. That is our fault, and no verdict on the miner.
 * @returns the admission, or why there is none
 * @throws SubnetError COMPUTE_THREAD_ENDED, and those of the checkpoint
 */
export async function checkBundle(
  learner: Learner,
  opened: OpenedWindow,
  commitment: MinerCommitment,
  bytes: Uint8Array,
): Promise<Admission | { readonly aside: string }> {
  const { journal, admissions, network } = learner
  const { window } = opened
  const { minerUid: miner } = commitment
  const begun = journal.beginAdmission(window, miner)
  const aside = (code: string, why: string) => {
    network.log.error('set bundle aside', { window, miner, code, why })
    return { aside: `${code}: ${why}` }
  }
  if (begun > mostBegun)
    return aside('ADMISSION_FAILED', `the program ended ${mostBegun} times while judging it`)
  try {
    const admission = await admissions.run(deliveryOf(learner, opened, commitment, bytes))
    journal.endAdmission(window, miner)
    return admission
  } catch (error) {
    if (network.signal.aborted) journal.endAdmission(window, miner)
    if (!(error instanceof SubnetError) || error.code !== 'ADMISSION_FAILED') throw error
    return aside(error.code, error.message)
  }
}
