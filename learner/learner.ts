import type { PolicyKeeper } from '../model/distribution/policy-keeper.ts'
import type { ComputeThread } from '../shared/compute-thread.ts'
import type { Network } from '../shared/network.ts'
import type { BundleSource, BundleStore } from '../shared/store/store.ts'
import type { Admission, Delivery } from './admit-bundle.ts'
import type { AdmittedGroup } from './admitted-group.ts'
import type { Synchronisation } from './choose-groups.ts'
import type { LearnerJournal } from './journal.ts'
import type { SwarmMix } from './mix-swarm.ts'
import type { Recipe } from './recipe.ts'
import type { StepCount } from './take-update.ts'
import type { TrainedUpdate, TrainJob } from './train-update.ts'

/** What a learner trains: the policy that the whole subnet runs, or one of its own that nobody else is told of. */
export type Purpose =
  | {
      readonly kind: 'subnet'
      readonly synchronisation: Synchronisation
      /** Fewest and most groups of an update. */
      readonly size: { readonly fewest: number; readonly most: number }
    }
  | { readonly kind: 'swarm'; readonly self: number; readonly mix: SwarmMix }

export interface Learner {
  readonly network: Network
  readonly journal: LearnerJournal
  readonly purpose: Purpose
  readonly recipe: Recipe
  /** Bundles that were admitted and everything that is published, served to whoever asks. */
  readonly store: BundleStore
  /** Where others fetch what the store holds; a hash is appended. */
  readonly publicUrl: string
  /** Where updates are written, each in a directory named after its manifest hash. */
  readonly updates: string
  readonly policies: PolicyKeeper
  /** Who may have pieces of updates that are not here, besides their publisher. */
  readonly peers: readonly BundleSource[]
  readonly admissions: ComputeThread<Delivery, Admission>
  readonly trainings: ComputeThread<TrainJob, TrainedUpdate, StepCount>
  /** Whether bundles may be fetched from private and loopback addresses: on a devnet, never in the open. */
  readonly allowPrivateHosts: boolean
  /** Admitted groups that no update took yet; kept by `window/miner`. A restart fills it again. */
  readonly pool: Map<string, readonly AdmittedGroup[]>
}

export function poolKey({ window, miner }: { readonly window: number; readonly miner: number }): string {
  return `${window}/${miner}`
}
