import { committedBundle } from '../shared/chain/committed-bundle.ts'
import type { MinerCommitment } from '../shared/chain/read-commitments.ts'
import type { OpenedWindow } from '../shared/window/read-opened-window.ts'
import type { Admission, Delivery } from './admit-bundle.ts'
import type { Learner } from './learner.ts'

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

/** In full, on the learner's own thread. */
export async function checkBundle(
  learner: Learner,
  opened: OpenedWindow,
  commitment: MinerCommitment,
  bytes: Uint8Array,
): Promise<Admission> {
  return learner.admissions.run(deliveryOf(learner, opened, commitment, bytes))
}
