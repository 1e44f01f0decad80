import type { UpdateRecord } from '../../learner/update-record.ts'

/**
 * Rollouts of adversaries in what was trained on, from the updates' own records and from who the adversaries are:
 * neither the learner's verdicts nor the validators' are asked.
 */
export function countPoisoned(
  records: readonly Pick<UpdateRecord, 'groups'>[],
  adversaries: ReadonlySet<number>,
  groupSize: number,
): number {
  const groups = records.flatMap((record) => record.groups)
  return groupSize * groups.filter(({ miner }) => adversaries.has(miner)).length
}
