import type { OpenBundle } from '../bundle.ts'
import { type Commitment, commitmentRoot } from '../commitment.ts'
import type { BundleIdentity } from '../rollout.ts'
import type { Rejection } from '../verdict.ts'

/** What the chain says a bundle must be. */
export interface CommittedBundle extends Commitment, BundleIdentity {}

/** The bundle is the one that was committed before the audit beacon, for this window and this policy. */
export function checkCommitment(
  { header, stored }: Pick<OpenBundle, 'header' | 'stored'>,
  committed: CommittedBundle,
): Rejection | null {
  const reject = (reason: Rejection['reason'], numbers: Rejection['numbers']): Rejection => ({
    check: 'commitment',
    reason,
    numbers,
  })
  for (const field of ['chainId', 'subnet', 'window', 'miner'] as const) {
    const expected = String(committed[field]).toLowerCase()
    const actual = String(header[field]).toLowerCase()
    if (actual !== expected) return reject('BUNDLE_OF_ANOTHER_WINDOW', { field, expected, actual })
  }
  if (header.policy !== committed.policy) {
    return reject('BUNDLE_OF_ANOTHER_POLICY', { expected: committed.policy, actual: header.policy })
  }
  const groups = header.groupHashes.length
  if (groups !== committed.groups)
    return reject('ROOT_MISMATCH', { expected: committed.groups, actual: groups })
  const root = commitmentRoot(header, stored)
  return root === committed.root ? null : reject('ROOT_MISMATCH', { expected: committed.root, actual: root })
}
