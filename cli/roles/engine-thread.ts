import type { GroupsTask } from '../../miner/produce.ts'
import type { PolicySources } from '../../model/policy.ts'
import { startComputeThread } from '../../shared/compute-thread.ts'
import type { Group } from '../../shared/protocol/rollout.ts'
import type { Engine } from './start-miner.ts'

const generationThread = new URL('../../miner/generation-thread.ts', import.meta.url)

/** The embedded engine: the policy on a thread of this process. */
export function startEngineThread(sources: PolicySources): Engine {
  const thread = startComputeThread<PolicySources, GroupsTask, Group[]>(generationThread, sources)
  return { produce: (task) => thread.run(task), close: () => thread.close() }
}
