import type { Hex } from 'viem'
import { committedBundle } from '../shared/chain/committed-bundle.ts'
import type { MinerCommitment } from '../shared/chain/read-commitments.ts'
import { SubnetError } from '../shared/errors.ts'
import type { Rules } from '../shared/protocol/rules.ts'
import { isSuspect } from '../shared/protocol/sequential.ts'
import { fetchBundle, isStoreError } from '../shared/store/fetch-bundle.ts'
import { auditFurther } from './audit-further.ts'
import { judgeReport } from './judge-report.ts'
import type { Validator } from './validator.ts'

export interface AuditContext {
  readonly window: number
  readonly windowSeed: Hex
  readonly auditSeed: Hex
  readonly policy: Hex
  /** Longest completion under this policy. */
  readonly maxTokens: number
  readonly rules: Rules
  /** Whether there is time to ask for a bundle again that cannot be had now. */
  readonly patient: boolean
}

/** A bundle that cannot be had this often is left, and one whose audit has failed this often, crashes counted. */
const mostAttempts = 3

/**
 * Fetches, judges, scores and journals one miner's window. A bundle that cannot be had is left for another try while
 * there is time, as its server may be starting; then it earns nothing and proves nothing. Where we fail ourselves, we
 * abstain from this miner and say so. Neither touches its standing, and consensus by stake decides what one
 * validator's gap is worth.
 * @throws SubnetError a failure that may pass: the miner is left unaudited for another try
 */
export async function auditMiner(
  validator: Validator,
  commitment: MinerCommitment,
  context: AuditContext,
): Promise<void> {
  const { network, journal } = validator
  const { window } = context
  const miner = commitment.minerUid
  const skip = (status: 'unavailable' | 'abstained', code: string, why: string) => {
    journal.recordAudit({ window, miner, status, score: 0n, summary: { code, why } }, null, null)
    network.log.warn('left miner unaudited', { window, miner, status, code, why })
  }
  const tries = journal.beginAudit(window, miner)
  if (tries > mostAttempts) {
    return skip('abstained', 'AUDIT_FAILED', `the audit failed ${mostAttempts} times; earlier lines say how`)
  }
  const fetched = await fetchOrNot(validator, commitment, context)
  if ('unavailable' in fetched) {
    const { code, message: why } = fetched.unavailable
    if (tries === mostAttempts || !context.patient || !mayRecover(fetched.unavailable))
      return skip('unavailable', code, why)
    network.log.warn('will ask for bundle again', { window, miner, code, why, tries })
    return
  }
  try {
    await judge(validator, commitment, context, fetched.bytes)
  } catch (error) {
    if (network.signal.aborted || isFatal(error)) throw error
    const { code, message } = error as SubnetError
    skip('abstained', code, message)
  }
}

/** A server that is down may come back. One that stalls, or sends something else, gets no second chance to hold us up. */
function mayRecover({ code, retryable }: SubnetError): boolean {
  return retryable && code !== 'STORE_STALLED'
}

/** The thread's own errors about one job are survivable; a dead thread, a full disk or a lost chain are not. */
function isFatal(error: unknown): boolean {
  return !(error instanceof SubnetError) || error.retryable || error.code === 'COMPUTE_THREAD_ENDED'
}

async function judge(
  { network, journal, audits, uid }: Validator,
  commitment: MinerCommitment,
  context: AuditContext,
  bytes: Uint8Array,
): Promise<void> {
  const { window, rules, policy } = context
  const { minerUid: miner, groups, rollouts } = commitment
  const before = journal.standing(miner)
  const audited = await auditFurther((job) => audits.run(job), {
    ...context,
    miner,
    validator: uid,
    bytes,
    suspect: isSuspect(before),
    committed: committedBundle(network.chain.deployment, commitment, window, policy),
  })
  const judged = judgeReport(audited, before, rules)
  const report = audited.known
  const { standing, score } = judged
  const summary = { ...judged.summary, groups, rollouts, bundleRejection: report.bundleRejection }
  journal.recordAudit({ window, miner, status: 'judged', score, summary }, report, standing)
  network.log.info('audited miner', { window, miner, ...summary, score, standing })
}

/** What a stranger's address led to: bytes, or a reason why there are none. */
async function fetchOrNot(
  { network: { signal }, allowPrivateHosts }: Validator,
  commitment: MinerCommitment,
  bounds: AuditContext,
): Promise<{ bytes: Uint8Array } | { unavailable: SubnetError }> {
  try {
    return { bytes: await fetchBundle(commitment, bounds, { allowPrivateHosts, signal }) }
  } catch (error) {
    signal.throwIfAborted()
    if (isStoreError(error)) return { unavailable: error }
    throw error
  }
}
