import { openPolicies } from '../../model/policy.ts'
import { serveComputeThread } from '../../shared/compute-thread.ts'
import { type Explanation, explainRollout } from '../../validator/explain.ts'
import { fetchCase } from '../../validator/fetch-case.ts'
import type { RolloutName } from '../observer/explain.ts'
import { openObserver } from '../observer/open-observer.ts'
import { checkpointRoots } from '../roles/checkpoint-roots.ts'
import type { DashboardValues } from './dashboard-settings.ts'

/** Longest that an explanation may take: a miner's store that drips must not hold up the next one for ever. */
const longestMs = 60_000

serveComputeThread<DashboardValues, RolloutName, Explanation>(async (values) => {
  const checkpoints = checkpointRoots(values)
  const policies = openPolicies({ checkpoints, dataset: values.dataset ?? null })
  const { allowPrivateHosts } = values
  return async (name) => {
    const observer = await openObserver(values, AbortSignal.timeout(longestMs))
    const facts = await fetchCase(observer, name, { checkpoints, allowPrivateHosts })
    return explainRollout(await policies.open(facts.policy), facts, name)
  }
})
