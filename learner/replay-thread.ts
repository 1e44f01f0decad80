import { openPolicies, type PolicySources } from '../model/policy.ts'
import { serveComputeThread } from '../shared/compute-thread.ts'
import { type ReplayJob, runReplay } from './replay-job.ts'
import type { Replay } from './replay-update.ts'
import type { StepCount } from './take-update.ts'

serveComputeThread<PolicySources, ReplayJob, Replay, StepCount>(async (init) => {
  const policies = openPolicies(init)
  return (job, onStep) => runReplay(policies, job, onStep)
})
