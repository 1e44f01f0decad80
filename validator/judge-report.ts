import type { Rules } from '../shared/protocol/rules.ts'
import { minerScore } from '../shared/protocol/score.ts'
import { type Standing, updateStanding } from '../shared/protocol/sequential.ts'
import type { Audits } from './audit-further.ts'
import { type AuditSummary, summarise } from './summarise.ts'

/** What one audited window means for a miner: figures, its standing from now on, and what the window earned. */
export function judgeReport(
  { sampled, known }: Audits,
  before: Standing,
  { coefficients }: Pick<Rules, 'coefficients'>,
): { summary: AuditSummary; standing: Standing; score: bigint } {
  const summary = summarise(known)
  const standing = updateStanding(before, summary.positions, summary.violations)
  const { auditedTokens, acceptedTokens } = summarise(sampled)
  const { excluded } = standing
  const score = minerScore({ ...sampled, auditedTokens, acceptedTokens, excluded }, coefficients)
  return { summary, standing, score }
}
