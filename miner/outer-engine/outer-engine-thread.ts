import { openPolicies, type PolicySources } from '../../model/policy.ts'
import { serveComputeThread } from '../../shared/compute-thread.ts'
import type { Group } from '../../shared/protocol/rollout.ts'
import type { GroupsTask } from '../produce.ts'
import type { OuterEngine } from './ask-engine.ts'
import { generateOutside } from './generate-outside.ts'

/** @property recomputed rollouts of each batch that are run through our own policy, too */
export interface OuterEngineInit {
  readonly sources: PolicySources
  readonly engine: OuterEngine
  readonly recomputed: number
}

serveComputeThread<OuterEngineInit, GroupsTask, Group[]>(async ({ sources, engine, recomputed }) => {
  const policies = openPolicies(sources)
  return async (task) => generateOutside(await policies.open(task.policy), engine, task, recomputed)
})
