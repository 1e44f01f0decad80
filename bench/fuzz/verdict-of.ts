import { isDeepStrictEqual } from 'node:util'
import type { Policy } from '../../model/policy.ts'
import { decodeBundle, openBundle } from '../../shared/protocol/bundle.ts'
import { bundleLimits } from '../../shared/protocol/bundle-limits.ts'
import { checkCommitment } from '../../shared/protocol/checks/commitment.ts'
import { commitmentOf } from '../../shared/protocol/commitment.ts'
import type { Reason } from '../../shared/protocol/verdict.ts'
import { auditBundle } from '../../validator/audit-bundle.ts'
import type { Subject } from './subject.ts'

/** What became of a mutant. Whatever is thrown is an escape, and the caller's to report. */
export interface Ending {
  /** `accepted`: the very content that was committed, in another frame. */
  readonly reason: Reason | 'accepted'
  /** Whether it could be read at all: then its sender might have committed to it. */
  readonly readable: boolean
}

export function verdictOf(policy: Policy, subject: Subject, bytes: Uint8Array): Ending {
  const limits = bundleLimits(policy, subject.job.rules)
  const opened = openBundle(bytes, limits)
  if (opened.rejection) return { reason: opened.rejection.reason, readable: false }
  const { value: bundle, rejection } = decodeBundle(bytes, limits)
  const refused = checkCommitment(opened.value, subject.job.committed) ?? rejection
  if (refused) return { reason: refused.reason, readable: bundle !== undefined }
  if (!isDeepStrictEqual(bundle, subject.bundle)) throw new Error('other content under the committed root')
  return { reason: 'accepted', readable: true }
}

/**
 * The whole audit of a readable mutant whose sender committed to it under the right header: its texts are judged
 * and the policy runs on it.
 */
export async function auditReadable(policy: Policy, subject: Subject, bytes: Uint8Array): Promise<void> {
  const { value: bundle } = decodeBundle(bytes, bundleLimits(policy, subject.job.rules))
  if (!bundle) throw new Error('read once, refused the second time')
  const committed = { ...subject.job.committed, ...bundle, ...commitmentOf(bundle) }
  await auditBundle(policy, { ...subject.job, bytes, committed, miner: subject.job.miner })
}
