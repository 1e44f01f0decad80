import type { GroupsTask } from '../../../miner/produce.ts'
import { openPolicies, type PolicySources } from '../../../model/policy.ts'
import { serveComputeThread } from '../../../shared/compute-thread.ts'
import type { Group } from '../../../shared/protocol/rollout.ts'
import { forgeShortcuts } from './forge-shortcuts.ts'

serveComputeThread<PolicySources, GroupsTask, Group[]>(async (init) => {
  const policies = openPolicies(init)
  return async (task) => forgeShortcuts(await policies.open(task.policy), task)
})
