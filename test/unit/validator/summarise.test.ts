import { describe, expect, it } from 'vitest'
import type { Rejection } from '../../../shared/protocol/verdict.ts'
import type { AuditReport } from '../../../validator/audit-bundle.ts'
import { summarise } from '../../../validator/summarise.ts'

const judged = (tokens: number) => ({ tokens, reward: 0, correctness: 0, reasoning: 0, satisfaction: 0 })
const fault: Rejection = { check: 'sampling', reason: 'TOKEN_NOT_OWED', numbers: {} }
const verdict = (rollout: number, rejection: Rejection | null, sampling: number, violations = 0) => ({
  group: 0,
  rollout,
  rejection,
  positions: 10,
  violations,
  drift: { sampling, sketch: 2 * sampling, logProbability: 3 * sampling },
  tokens: 10 + rollout,
})

const empty: AuditReport = {
  bundleRejection: null,
  scoredGroups: [],
  committedGroups: 0,
  verdicts: [],
  evidence: [],
}

describe('summarise', () => {
  it('counts rollouts, tokens, positions and reasons', () => {
    const report: AuditReport = {
      bundleRejection: null,
      committedGroups: 2,
      scoredGroups: [
        [judged(10), judged(11)],
        [judged(12), judged(13)],
      ],
      verdicts: [verdict(0, null, 0), verdict(1, fault, 0.5, 4), verdict(2, null, 0.125)],
      evidence: [],
    }
    expect(summarise(report)).toEqual({
      work: { base: 46_000_000, correctness: 0, reasoning: 0, satisfaction: 0, signal: 0 },
      audited: 3,
      accepted: 2,
      rejected: 1,
      reasons: { TOKEN_NOT_OWED: 1 },
      auditedTokens: 33,
      acceptedTokens: 22,
      positions: 30,
      violations: 4,
      // Of accepted rollouts only: how far an honest machine drifts, not how far a cheat went.
      drift: { sampling: 0.125, sketch: 0.25, logProbability: 0.375 },
    })
  })

  it('counts a bundle refused as a whole as two violations', () => {
    const bundleRejection: Rejection = { check: 'commitment', reason: 'ROOT_MISMATCH', numbers: {} }
    expect(summarise({ ...empty, bundleRejection })).toMatchObject({
      audited: 0,
      reasons: { ROOT_MISMATCH: 1 },
      positions: 0,
      violations: 2,
    })
  })

  it('takes in as many rollouts as a suspect can have', () => {
    const verdicts = Array.from({ length: 4096 * 64 }, (_, i) => verdict(i, null, i * 1e-9))
    const { audited, drift } = summarise({ ...empty, verdicts })
    expect(audited).toBe(4096 * 64)
    expect(drift.sampling).toBe((4096 * 64 - 1) * 1e-9)
  })
})
