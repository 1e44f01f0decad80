import { openPolicies, type PolicySources } from '../model/policy.ts'
import { serveComputeThread } from '../shared/compute-thread.ts'
import { type AuditJob, type AuditReport, auditBundle } from './audit-bundle.ts'

serveComputeThread<PolicySources, AuditJob, AuditReport>(async (init) => {
  const policies = openPolicies(init)
  return async (job) => auditBundle(await policies.open(job.committed.policy), job)
})
