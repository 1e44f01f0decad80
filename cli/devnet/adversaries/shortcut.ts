import type { GroupsTask } from '../../../miner/produce.ts'
import type { PolicySources } from '../../../model/policy.ts'
import { startComputeThread } from '../../../shared/compute-thread.ts'
import type { Group } from '../../../shared/protocol/rollout.ts'
import type { Engine } from '../../roles/start-miner.ts'

const shortcutThread = new URL('./shortcut-thread.ts', import.meta.url)

export function startShortcutEngine(sources: PolicySources): Engine {
  const thread = startComputeThread<PolicySources, GroupsTask, Group[]>(shortcutThread, sources)
  return { produce: (task) => thread.run(task), close: () => thread.close() }
}
