import { openPolicies, type PolicySources } from '../model/policy.ts'
import { serveComputeThread } from '../shared/compute-thread.ts'
import { type Admission, admitBundle, type Delivery } from './admit-bundle.ts'

serveComputeThread<PolicySources, Delivery, Admission>(async (init) => {
  const policies = openPolicies(init)
  return async (delivery) => admitBundle(await policies.open(delivery.committed.policy), delivery)
})
