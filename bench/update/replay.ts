import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runReplay } from '../../learner/replay-job.ts'
import { UPDATE_FILES } from '../../learner/write-update.ts'
import { openPolicies } from '../../model/policy.ts'
import { type Place, readRolled } from './place.ts'

/** What a validator's replay thread does: every rollout checked and every step taken again, to the byte. */
export async function replay({ parent, child, work }: Place) {
  const { delivery } = await readRolled(work)
  const policies = openPolicies({ checkpoints: [parent], dataset: null })
  const { agrees, findings } = await runReplay(policies, {
    published: child,
    parent,
    record: await readFile(join(child, UPDATE_FILES.record)),
    optimizer: await readFile(join(child, UPDATE_FILES.optimizer)),
    optimizerBefore: await readFile(join(parent, UPDATE_FILES.optimizer)).catch(() => null),
    deliveries: [delivery],
  })
  await policies.close()
  return { agrees, findings }
}
