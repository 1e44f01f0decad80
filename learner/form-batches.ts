import type { TrainingRow } from '../model/training/micro-batch.ts'
import { type AdmittedGroup, inOrder } from './admitted-group.ts'
import { advantagesOf } from './advantages.ts'
import type { Recipe } from './recipe.ts'

/** One optimiser step's worth. */
export interface Batch {
  readonly groups: readonly AdmittedGroup[]
  readonly rows: readonly TrainingRow[]
}

/**
 * Groups that teach something, in order, cut into steps of `groupsPerStep`; the last may be smaller. Nothing is
 * shuffled, so an update has no random state: the same groups are the same batches for whoever replays it.
 */
export function formBatches(groups: readonly AdmittedGroup[], recipe: Recipe): Batch[] {
  const teaching = inOrder(groups).flatMap((group) => {
    const advantages = advantagesOf(group, recipe.signal)
    return advantages === null ? [] : [{ group, rows: rowsOf(group, advantages) }]
  })
  const { groupsPerStep } = recipe
  return Array.from({ length: Math.ceil(teaching.length / groupsPerStep) }, (_, step) => {
    const part = teaching.slice(step * groupsPerStep, (step + 1) * groupsPerStep)
    return { groups: part.map(({ group }) => group), rows: part.flatMap(({ rows }) => rows) }
  })
}

function rowsOf({ prompt, rollouts }: AdmittedGroup, advantages: readonly number[]): TrainingRow[] {
  return rollouts.map(({ tokens, logProbabilities }, r) => ({
    prompt,
    completion: tokens,
    advantage: advantages[r],
    oldLogProbabilities: logProbabilities,
  }))
}
