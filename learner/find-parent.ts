import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Hex, zeroHash } from 'viem'
import { readPolicy } from '../shared/chain/read-policy.ts'
import { SubnetError } from '../shared/errors.ts'
import type { Learner } from './learner.ts'
import { restoreUpdate } from './restore-update.ts'
import type { TrainJob } from './train-update.ts'
import { UPDATE_FILES } from './write-update.ts'

/**
 * What the next update starts from: an update with the optimiser's state, fetched where it is not here, or a policy
 * that has none.
 * @throws SubnetError OPTIMIZER_STATE_MISSING (retryable) where the parent is an update that nobody gives whole
 */
export async function findParent(learner: Learner, manifestHash: Hex): Promise<TrainJob['parent']> {
  const { updates, network, policies, purpose } = learner
  const dir = join(updates, manifestHash)
  const record = await stat(join(dir, UPDATE_FILES.record)).catch(() => null)
  if (record) return { dir, isUpdate: true }
  const policy = await readPolicy(network.chain, manifestHash)
  // A node that trains for itself begins its own state.
  if (policy.recordHash === zeroHash || purpose.kind === 'swarm') {
    return { dir: (await policies.obtain(policy)).dir, isUpdate: false }
  }
  try {
    await restoreUpdate(learner, policy, dir)
    return { dir, isUpdate: true }
  } catch (cause) {
    network.signal.throwIfAborted()
    if (!(cause instanceof SubnetError)) throw cause
    throw new SubnetError(
      'OPTIMIZER_STATE_MISSING',
      `the latest policy ${manifestHash} is an update that ${dir} does not hold with its optimiser's state, and it cannot be fetched: ${cause.message} A replay would find an update without it false. Put the directory back, name a --peer that holds its pieces, or have governance publish a policy to start anew from.`,
      { retryable: true, details: { manifestHash, dir, fetching: cause.code }, cause },
    )
  }
}
