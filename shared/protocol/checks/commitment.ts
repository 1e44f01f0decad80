import type { Address, Hex } from 'viem'
import { type Commitment, commitmentOf } from '../commitment.ts'
import type { Bundle } from '../rollout.ts'
import type { Rejection } from '../verdict.ts'

/** What the chain says a bundle must be. */
export interface CommittedBundle extends Commitment {
  readonly chainId: number
  readonly subnet: Address
  readonly window: number
  readonly miner: number
  readonly policy: Hex
}

/** The bundle is the one that was committed before the audit beacon, for this window and this policy. */
export function checkCommitment(bundle: Bundle, committed: CommittedBundle): Rejection | null {
  const reject = (reason: Rejection['reason'], numbers: Rejection['numbers']): Rejection => ({
    check: 'commitment',
    reason,
    numbers,
  })
  for (const field of ['chainId', 'subnet', 'window', 'miner'] as const) {
    const expected = String(committed[field]).toLowerCase()
    const actual = String(bundle[field]).toLowerCase()
    if (actual !== expected) return reject('BUNDLE_OF_ANOTHER_WINDOW', { field, expected, actual })
  }
  if (bundle.policy !== committed.policy) {
    return reject('BUNDLE_OF_ANOTHER_POLICY', { expected: committed.policy, actual: bundle.policy })
  }
  const { root, groups, rollouts } = commitmentOf(bundle)
  if (root !== committed.root) return reject('ROOT_MISMATCH', { expected: committed.root, actual: root })
  if (groups !== committed.groups || rollouts !== committed.rollouts) {
    return reject('ROOT_MISMATCH', {
      groups,
      committedGroups: committed.groups,
      rollouts,
      committedRollouts: committed.rollouts,
    })
  }
  return null
}
