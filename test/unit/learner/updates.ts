import { type Admission, admitBundle, type Delivery } from '../../../learner/admit-bundle.ts'
import { takeUpdate, type Update } from '../../../learner/take-update.ts'
import type { Checkpoint } from '../../../model/checkpoint/checkpoint.ts'
import type { NumericsProfile } from '../../../model/engine/engine.ts'
import type { Policy } from '../../../model/policy.ts'
import { answer, defaultCheckpoint, deliver, openCheckpoint, quickRecipe } from '../../helpers/deliveries.ts'

/** Two updates of the embedded policy on what two miners really generated; the second starts from the first's state. */
export interface Lineage {
  readonly parent: Checkpoint
  readonly policy: Policy
  readonly deliveries: readonly Delivery[]
  readonly admissions: readonly Admission[]
  readonly first: Update
  readonly second: Update
}

export async function trainTwice(profile: NumericsProfile): Promise<Lineage> {
  const parent = await defaultCheckpoint(profile)
  const policy = await openCheckpoint(parent)
  const bundles = [await answer(policy, 1, 2), await answer(policy, 1, 5)]
  const deliveries = bundles.map(deliver)
  const admissions: Admission[] = []
  for (const delivery of deliveries) admissions.push(await admitBundle(policy, delivery))
  const groups = admissions.flatMap((admission) => admission.groups)
  const recipe = quickRecipe
  const first = await takeUpdate({ parent, optimizer: null, groups, recipe })
  const second = await takeUpdate({
    parent: first.checkpoint,
    optimizer: first.optimizer,
    groups,
    recipe,
  })
  return { parent, policy, deliveries, admissions, first, second }
}
