import { openPolicies, type PolicySources } from '../../model/policy.ts'
import type { Evaluation } from '../../model/training/evaluate.ts'
import { evaluatePolicy } from '../../model/training/evaluate.ts'
import { serveComputeThread } from '../../shared/compute-thread.ts'
import type { EvaluationJob } from './evaluator.ts'

serveComputeThread<PolicySources, EvaluationJob, Evaluation>(async (init) => {
  const policies = openPolicies(init)
  return async ({ policy, ...options }) => {
    const { session, codec, environment, manifest } = await policies.open(policy)
    return evaluatePolicy(session, codec, environment, { ...options, limits: manifest.sampling })
  }
})
