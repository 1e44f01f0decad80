import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Hex, zeroHash } from 'viem'
import { readPolicy } from '../shared/chain/read-policy.ts'
import { SubnetError } from '../shared/errors.ts'
import type { Learner } from './learner.ts'
import type { TrainJob } from './train-update.ts'
import { UPDATE_FILES } from './write-update.ts'

/**
 * What the next update starts from: an update of our own with the optimiser's state, or a policy that has none.
 * @throws SubnetError OPTIMIZER_STATE_MISSING (retryable) where the chain's latest policy is an update that is not here
 */
export async function findParent(
  { updates, network, policies, purpose }: Learner,
  manifestHash: Hex,
): Promise<TrainJob['parent']> {
  const dir = join(updates, manifestHash)
  const record = await stat(join(dir, UPDATE_FILES.record)).catch(() => null)
  if (record) return { dir, isUpdate: true }
  const policy = await readPolicy(network.chain, manifestHash)
  // A node that trains for itself begins its own state.
  if (policy.recordHash === zeroHash || purpose.kind === 'swarm') {
    return { dir: (await policies.obtain(policy)).dir, isUpdate: false }
  }
  throw new SubnetError(
    'OPTIMIZER_STATE_MISSING',
    `the latest policy ${manifestHash} is an update, and ${dir} does not hold it with its optimiser's state; a replay would find an update without it false. Put the directory back, or have governance publish a policy to start anew from.`,
    { retryable: true, details: { manifestHash, dir } },
  )
}
