import type { Admission, Delivery } from '../../learner/admit-bundle.ts'
import { openPolicies, type PolicySources } from '../../model/policy.ts'
import { serveComputeThread } from '../../shared/compute-thread.ts'
import { believeBundle } from './believe-bundle.ts'

serveComputeThread<PolicySources, Delivery, Admission>(async (init) => {
  const policies = openPolicies(init)
  return async (delivery) => believeBundle(await policies.open(delivery.committed.policy), delivery)
})
