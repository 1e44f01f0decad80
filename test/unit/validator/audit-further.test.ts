import { expect, it } from 'vitest'
import { newcomer } from '../../../shared/protocol/sequential.ts'
import type { AuditJob, AuditReport } from '../../../validator/audit-bundle.ts'
import { auditFurther } from '../../../validator/audit-further.ts'
import { judgeReport } from '../../../validator/judge-report.ts'

const drift = { sampling: 0, sketch: 0, logProbability: 0 }
const rejection = { check: 'sampling', reason: 'TOKEN_NOT_OWED', numbers: {} } as const
const rollout = { tokens: 10, reward: 0, correctness: 0, reasoning: 0, satisfaction: 0 }
const coefficients = { base: 1, correctness: 0, reasoning: 0, satisfaction: 0, signal: 0 }

/** 100 rollouts of 10 tokens, of which the first `audited` were looked at and the first `faulty` are forged. */
function reportOf(audited: number, faulty: number): AuditReport {
  return {
    bundleRejection: null,
    scoredGroups: [[rollout]],
    committedGroups: 100,
    verdicts: Array.from({ length: audited }, (_, at) => ({
      ...{ group: at, rollout: 0, tokens: 10, positions: 10, drift },
      ...(at < faulty ? { rejection, violations: 2 } : { rejection: null, violations: 0 }),
    })),
    evidence: [],
  }
}

async function auditWith(faulty: number, suspect: boolean) {
  const asked: boolean[] = []
  const audits = await auditFurther(
    async (job) => {
      asked.push(job.suspect)
      return reportOf(job.suspect ? 100 : 10, faulty)
    },
    { suspect } as AuditJob,
  )
  return { asked, audits }
}

it('leaves a bundle alone whose sample is sound, and looks at all of a suspect’s once', async () => {
  expect((await auditWith(0, false)).asked).toEqual([false])
  const suspect = await auditWith(1, true)
  expect(suspect.asked).toEqual([true])
  expect(suspect.audits.known).toBe(suspect.audits.sampled)
})

it('looks at everything once the sample shows a fault: for the standing, while pay follows the sample', async () => {
  const { asked, audits } = await auditWith(1, false)
  expect(asked).toEqual([false, true])
  const { summary, standing, score } = judgeReport(audits, newcomer, { coefficients })
  expect([summary.audited, summary.rejected, summary.positions]).toEqual([100, 1, 1000])
  expect(standing.excluded).toBe(false)
  // One in ten costs more than the window; of the hundred it would have cost a third.
  expect(score).toBe(0n)
  const { score: diluted } = judgeReport({ ...audits, sampled: audits.known }, newcomer, { coefficients })
  expect(diluted).toBeGreaterThan(0n)
})
