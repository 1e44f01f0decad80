import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { readPolicy } from '../shared/chain/read-policy.ts'
import type { Learner } from './learner.ts'
import type { TrainJob } from './train-update.ts'

/** What the next update starts from: an update of our own, with the optimiser's state, or a policy that is none. */
export async function findParent(
  { updates, network, obtain }: Learner,
  manifestHash: Hex,
): Promise<TrainJob['parent']> {
  const dir = join(updates, manifestHash)
  const own = await stat(dir).catch(() => null)
  if (own) return { dir, isUpdate: true }
  const policy = await readPolicy(network.chain, manifestHash)
  return { dir: (await obtain(policy)).dir, isUpdate: false }
}
