import type { Manifest } from '../../model/checkpoint/manifest.ts'
import { SubnetError } from '../../shared/errors.ts'
import type { OpenBundle } from '../../shared/protocol/bundle.ts'
import type { Explanation } from '../../validator/explain.ts'
import type { ExplainCase } from '../../validator/explain-case.ts'
import { type CommittedTree, treeProofOf } from '../../validator/tree-proof.ts'
import { treeOf } from './committed-tree.ts'

/**
 * The command that proves on chain what is wrong with a rollout, or with the commitment that it is of; null where no
 * contract can judge it.
 */
export function disputeOf(
  { window, miner, group, rollout, checks }: Explanation,
  { commitment }: ExplainCase,
  bundle: OpenBundle,
  { environment, tokenTable }: Pick<Manifest, 'environment' | 'tokenTable'>,
): string | null {
  if (isProvable({ window, miner, ...commitment }, bundle)) {
    return `rollproof dispute commitment ${window} ${miner}`
  }
  const claims = checks.find(({ check }) => check === 'reward')?.numbers ?? {}
  const overpaid = Number(claims.claimed) > Number(claims.reward)
  if (!overpaid || environment.id !== 'sat' || tokenTable === undefined) return null
  return `rollproof dispute sat ${window} ${miner} ${group} ${rollout}`
}

function isProvable(committed: CommittedTree, bundle: OpenBundle): boolean {
  try {
    treeProofOf(committed, treeOf(bundle))
    return true
  } catch (error) {
    if (error instanceof SubnetError && error.code === 'NOT_DISPUTABLE') return false
    throw error
  }
}
