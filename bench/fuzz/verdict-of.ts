import { isDeepStrictEqual } from 'node:util'
import type { Policy } from '../../model/policy.ts'
import { decodeBundle } from '../../shared/protocol/bundle.ts'
import { checkCommitment } from '../../shared/protocol/checks/commitment.ts'
import { checkCompleteness } from '../../shared/protocol/checks/completeness.ts'
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
  const { bundle, rejection } = decodeBundle(bytes, limitsOf(policy, subject))
  if (!bundle) return { reason: rejection.reason, readable: false }
  const refused = checkCommitment(bundle, subject.job.committed) ?? checkCompleteness(bundle)
  if (refused) return { reason: refused.reason, readable: true }
  if (!isDeepStrictEqual(bundle, subject.bundle)) throw new Error('other content under the committed root')
  return { reason: 'accepted', readable: true }
}

/**
 * The whole audit of a readable mutant whose sender committed to it under the right header: its texts are judged
 * and the policy runs on it.
 */
export async function auditReadable(policy: Policy, subject: Subject, bytes: Uint8Array): Promise<void> {
  const { bundle } = decodeBundle(bytes, limitsOf(policy, subject))
  if (!bundle) throw new Error('read once, refused the second time')
  const committed = { ...subject.job.committed, ...bundle, ...commitmentOf(bundle) }
  await auditBundle(policy, { ...subject.job, bytes, committed, miner: subject.job.miner })
}

function limitsOf({ manifest, session }: Policy, { job }: Subject) {
  return { rules: job.rules, maxTokens: manifest.sampling.maxTokens, vocabulary: session.vocabulary }
}
