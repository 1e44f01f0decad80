import type { AuditJob, AuditReport } from './audit-bundle.ts'

/** What the beacon's choice showed, and what is known of the bundle in the end; the same where that was nothing. */
export interface Audits {
  readonly sampled: AuditReport
  readonly known: AuditReport
}

/**
 * Audits what the beacon chose and, where that shows a fault, everything: who cheats here and there is then known at
 * the first find. What was found is for the standing; pay follows the sample alone, in which one fault weighs more
 * than among all that is sound.
 */
export async function auditFurther(
  audit: (job: AuditJob) => Promise<AuditReport>,
  job: AuditJob,
): Promise<Audits> {
  const sampled = await audit(job)
  const faulty = sampled.verdicts.some(({ rejection }) => rejection !== null)
  return { sampled, known: faulty && !job.suspect ? await audit({ ...job, suspect: true }) : sampled }
}
