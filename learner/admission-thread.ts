import { openPolicies, type Policy, type PolicySources } from '../model/policy.ts'
import { serveComputeThread } from '../shared/compute-thread.ts'
import { SubnetError } from '../shared/errors.ts'
import { type Admission, admitBundle, type Delivery } from './admit-bundle.ts'

serveComputeThread<PolicySources, Delivery, Admission>(async (init) => {
  const policies = openPolicies(init)
  return async (delivery) => admit(await policies.open(delivery.committed.policy), delivery)
})

/** Whatever a miner sends has a verdict; where there is none, the defect is ours, and of this bundle only. */
async function admit(policy: Policy, delivery: Delivery): Promise<Admission> {
  try {
    return await admitBundle(policy, delivery)
  } catch (cause) {
    const { window, miner } = delivery.committed
    const { message, stack } = cause as Error
    throw new SubnetError(
      'ADMISSION_FAILED',
      `the bundle of miner ${miner} in window ${window} could not be judged: ${message}. That is a defect of this program; please report it with the bundle.`,
      { details: { window, miner, stack }, cause },
    )
  }
}
