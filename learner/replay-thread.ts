import { openPolicies, type PolicySources } from '../model/policy.ts'
import { serveComputeThread } from '../shared/compute-thread.ts'
import { type ReplayJob, runReplay } from './replay-job.ts'
import type { Replay } from './replay-update.ts'

serveComputeThread<PolicySources, ReplayJob, Replay>(async (init) => {
  const policies = openPolicies(init)
  return (job) => runReplay(policies, job)
})
