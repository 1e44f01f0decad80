import type { JudgedRollout } from '../shared/protocol/score.ts'
import type { AdmittedGroup } from './admitted-group.ts'
import type { Recipe } from './recipe.ts'

/**
 * How much better than its group each rollout did, in the group's standard deviations (GRPO, Shao et al. 2024: the
 * group is the baseline, there is no critic). Integers until the mean, so that "all alike" is exact.
 * @returns null for a group whose rollouts are worth the same: nothing can be learnt from it
 */
export function advantagesOf(group: AdmittedGroup, signal: Recipe['signal']): readonly number[] | null {
  const worths = group.rollouts.map(({ judged }) => worthOf(judged, signal))
  if (worths.every((worth) => worth === worths[0])) return null
  const mean = sum(worths) / worths.length
  const deviation = Math.sqrt(sum(worths.map((worth) => (worth - mean) * (worth - mean))) / worths.length)
  return worths.map((worth) => (worth - mean) / deviation)
}

function worthOf(judged: JudgedRollout, signal: Recipe['signal']): number {
  return (
    signal.reward * judged.reward +
    signal.reasoning * judged.reasoning +
    signal.satisfaction * judged.satisfaction
  )
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
