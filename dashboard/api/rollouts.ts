import type { RolloutPage, RolloutRow } from '../views.ts'

/** Rows of one answer. */
const pageSize = 100

/** One page of the audited rollouts. @param page from 0 */
export function rolloutPage(
  rollouts: readonly RolloutRow[],
  { miner, only, page }: { miner: number | null; only: 'all' | 'rejected'; page: number },
): RolloutPage {
  const wanted = rollouts.filter(
    (rollout) => (miner === null || rollout.miner === miner) && (only === 'all' || !rollout.accepted),
  )
  return {
    page,
    pages: Math.ceil(wanted.length / pageSize),
    total: wanted.length,
    rollouts: wanted.slice(page * pageSize, (page + 1) * pageSize),
  }
}
