import type { Hex } from 'viem'
import { type AdmittedGroup, inOrder } from './admitted-group.ts'

/**
 * `sequential`: miners refresh before the next window, so everything trained on comes from the parent itself.
 * `asynchronous`: nobody waits; groups may come from the parent or one of up to `mostStale` checkpoints before it.
 * The clipped ratio to the generating checkpoint's log-probabilities is the importance correction in both.
 */
export type Synchronisation =
  | { readonly mode: 'sequential' }
  | { readonly mode: 'asynchronous'; readonly mostStale: number }

export interface Choice {
  /** To be trained on now, in order; empty while too few are there. */
  readonly chosen: readonly AdmittedGroup[]
  /** Good for a later update. */
  readonly waiting: readonly AdmittedGroup[]
  /** Beyond the bound, or of a checkpoint outside the lineage: never trained on. */
  readonly expired: readonly AdmittedGroup[]
  /** Why nothing is chosen. */
  readonly why: string | null
}

/**
 * Chooses an update's groups at the moment of use: staleness counts the updates between the checkpoint that
 * generated a group and the one that is about to be updated, not the one that ran when the group arrived.
 *
 * The freshest are taken first, then by order; the choice depends on nothing but its arguments.
 *
 * @param pool admitted groups that have not been trained on
 * @param lineage manifest hashes of the checkpoints so far, oldest first; the last is to be updated
 * @param size fewest and most groups of an update
 */
export function chooseGroups(
  pool: readonly AdmittedGroup[],
  lineage: readonly Hex[],
  synchronisation: Synchronisation,
  size: { readonly fewest: number; readonly most: number },
): Choice {
  const bound = synchronisation.mode === 'sequential' ? 0 : synchronisation.mostStale
  const staleness = ({ policy }: AdmittedGroup) => {
    const at = lineage.lastIndexOf(policy)
    return at < 0 ? Number.POSITIVE_INFINITY : lineage.length - 1 - at
  }
  const ordered = inOrder(pool)
  const expired = ordered.filter((group) => staleness(group) > bound)
  const usable = ordered
    .filter((group) => staleness(group) <= bound)
    .sort((a, b) => staleness(a) - staleness(b))
  if (usable.length < size.fewest || usable.length === 0) {
    const why = `${usable.length} of ${pool.length} admitted groups are at most ${bound} updates stale, ${size.fewest} are needed`
    return { chosen: [], waiting: inOrder(usable), expired, why }
  }
  return {
    chosen: inOrder(usable.slice(0, size.most)),
    waiting: inOrder(usable.slice(size.most)),
    expired,
    why: null,
  }
}
