import { findCheckpoint } from '../../../model/find-checkpoint.ts'
import type { PolicySources } from '../../../model/policy.ts'
import { SubnetError } from '../../../shared/errors.ts'
import { startEngineThread } from '../../roles/engine-thread.ts'
import type { Engine } from '../../roles/start-miner.ts'

/** Skips the update: answers everything from the parent of the policy that the window asks for. */
export function startStaleEngine(sources: PolicySources): Engine {
  const engine = startEngineThread(sources)
  return {
    ...engine,
    async produce(task) {
      const { parent } = (await findCheckpoint(sources.checkpoints, task.policy)).manifest
      if (!parent)
        throw new SubnetError('NO_PARENT', `the policy ${task.policy} has no parent to answer from`)
      return engine.produce({ ...task, policy: parent })
    },
  }
}
