import { type Work, workOf } from '../shared/protocol/score.ts'
import type { Drift, Reason } from '../shared/protocol/verdict.ts'
import type { AuditReport } from './audit-bundle.ts'

/** An audit in figures: what logs, scores and the sequential test need of it. */
export interface AuditSummary {
  readonly audited: number
  readonly accepted: number
  readonly rejected: number
  readonly reasons: Readonly<Partial<Record<Reason, number>>>
  readonly auditedTokens: number
  readonly acceptedTokens: number
  readonly positions: number
  readonly violations: number
  readonly drift: Drift
  /** What other coefficients would make of the same window. */
  readonly work: Work
}

/** No drift between machines can refuse a bundle: the second time, it is out. */
const refusalViolations = 2

export function summarise(report: AuditReport): AuditSummary {
  const { verdicts, bundleRejection } = report
  const accepted = verdicts.filter(({ rejection }) => rejection === null)
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const largest = (kind: keyof Drift) => accepted.reduce((most, { drift }) => Math.max(most, drift[kind]), 0)
  const rejections = verdicts.flatMap(({ rejection }) => rejection ?? []).concat(bundleRejection ?? [])
  return {
    audited: verdicts.length,
    accepted: accepted.length,
    rejected: verdicts.length - accepted.length,
    work: workOf(report.scoredGroups),
    reasons: countReasons(rejections.map(({ reason }) => reason)),
    auditedTokens: sum(verdicts.map(({ tokens }) => tokens)),
    acceptedTokens: sum(accepted.map(({ tokens }) => tokens)),
    positions: sum(verdicts.map(({ positions }) => positions)),
    violations: sum(verdicts.map(({ violations }) => violations)) + (bundleRejection ? refusalViolations : 0),
    drift: {
      sampling: largest('sampling'),
      sketch: largest('sketch'),
      logProbability: largest('logProbability'),
    },
  }
}

function countReasons(reasons: readonly Reason[]): Partial<Record<Reason, number>> {
  const counts: Partial<Record<Reason, number>> = {}
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1
  return counts
}
