import { openPolicies, type PolicySources } from '../model/policy.ts'
import { serveComputeThread } from '../shared/compute-thread.ts'
import { type ReplayJob, runReplay, type TimedReplay } from './replay-job.ts'

serveComputeThread<PolicySources, ReplayJob, TimedReplay>(async (init) => {
  const policies = openPolicies(init)
  return (job) => runReplay(policies, job)
})
