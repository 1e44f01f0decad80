import type { Hex } from 'viem'
import type { MinerCommitment } from '../shared/chain/read-commitments.ts'
import { SubnetError } from '../shared/errors.ts'
import type { Rules } from '../shared/protocol/rules.ts'
import { minerScore } from '../shared/protocol/score.ts'
import { isSuspect, updateStanding } from '../shared/protocol/sequential.ts'
import { locateBundle } from '../shared/store/locate.ts'
import { summarise } from './summarise.ts'
import type { Validator } from './validator.ts'

export interface AuditContext {
  readonly window: number
  readonly windowSeed: Hex
  readonly auditSeed: Hex
  readonly policy: Hex
  /** Largest canonical bundle under this policy and these rules. */
  readonly maxBytes: number
  readonly rules: Rules
}

/**
 * Fetches, judges, scores and journals one miner's window. A bundle that cannot be had earns nothing and proves
 * nothing: the miner's standing stays as it was.
 * @throws SubnetError our own failure: the miner is left unaudited for another try
 */
export async function auditMiner(
  validator: Validator,
  commitment: MinerCommitment,
  context: AuditContext,
): Promise<void> {
  const { network, journal, audits, uid } = validator
  const { window, rules } = context
  const miner = commitment.minerUid
  const fetched = await fetchBundle(validator, commitment, context.maxBytes)
  if ('unavailable' in fetched) {
    const { code, message } = fetched.unavailable
    journal.recordAudit(
      { window, miner, status: 'unavailable', score: 0n, summary: { code, why: message } },
      null,
      null,
    )
    network.log.warn('could not fetch bundle', { window, miner, code, why: message })
    return
  }
  const before = journal.standing(miner)
  const { chainId, contracts } = network.chain.deployment
  const { root, groups, rollouts } = commitment
  const report = await audits.run({
    ...context,
    miner,
    validator: uid,
    bytes: fetched.bytes,
    suspect: isSuspect(before),
    committed: {
      chainId,
      subnet: contracts.rolloutLog,
      window,
      miner,
      policy: context.policy,
      root,
      groups,
      rollouts,
    },
  })
  const summary = summarise(report)
  const standing = updateStanding(before, summary.positions, summary.violations)
  const { auditedTokens, acceptedTokens } = summary
  const score = minerScore(
    { groups: report.groups, auditedTokens, acceptedTokens, excluded: standing.excluded },
    rules.coefficients,
  )
  journal.recordAudit(
    { window, miner, status: 'judged', score, summary: { ...summary, groups, rollouts } },
    report,
    standing,
  )
  network.log.info('audited miner', {
    window,
    miner,
    ...summary,
    groups,
    rollouts,
    score: String(score),
    standing,
    bundleRejection: report.bundleRejection,
  })
}

/** What a stranger's address led to: bytes, or a reason why there are none. */
async function fetchBundle(
  { network, allowPrivateHosts }: Validator,
  { uri }: MinerCommitment,
  maxBytes: number,
): Promise<{ bytes: Uint8Array } | { unavailable: SubnetError }> {
  try {
    const { source, hash } = locateBundle(uri, { allowPrivateHosts })
    return { bytes: await source.fetch(hash, { maxBytes, signal: network.signal }) }
  } catch (error) {
    network.signal.throwIfAborted()
    if (error instanceof SubnetError && error.code.startsWith('STORE_')) return { unavailable: error }
    throw error
  }
}
