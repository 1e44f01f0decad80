import { openPolicies, type PolicySources } from '../model/policy.ts'
import { serveComputeThread } from '../shared/compute-thread.ts'
import type { Group } from '../shared/protocol/rollout.ts'
import { generateGroups } from './generate-groups.ts'
import type { GroupsTask } from './produce.ts'

serveComputeThread<PolicySources, GroupsTask, Group[]>(async (init) => {
  const policies = openPolicies(init)
  return async (task) => generateGroups(await policies.open(task.policy), task)
})
