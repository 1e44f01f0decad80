import { readCheckpoint } from '../model/checkpoint/read-checkpoint.ts'
import { decodeOptimizer } from '../model/optimizer/optimizer-file.ts'
import type { PublishedPolicy } from '../shared/chain/read-policy.ts'
import { locateBundle } from '../shared/store/locate.ts'
import { fetchPiece, maxOptimizerBytes, maxRecordBytes } from './fetch-piece.ts'
import type { Learner } from './learner.ts'
import { decodeRecord } from './update-record.ts'
import { readUpdate, writeUpdate } from './write-update.ts'

/**
 * Puts an update that is on chain and not here into `dir`: its checkpoint as any role gets it, its record and the
 * optimiser's state by their hashes, from our own store, its publisher or a peer.
 * @throws SubnetError STORE_…, CHECKPOINT_…, UPDATE_RECORD_INVALID, OPTIMIZER_STATE_INVALID
 */
export async function restoreUpdate(learner: Learner, policy: PublishedPolicy, dir: string): Promise<void> {
  const { store, network, policies, peers, allowPrivateHosts } = learner
  const { signal } = network
  const holders = [locateBundle(policy.uri, { allowPrivateHosts }).source, ...peers]
  const piece = { store, signal }
  const record = decodeRecord(await fetchPiece(piece, policy.recordHash, holders, maxRecordBytes))
  const state = await fetchPiece(piece, record.optimizerAfter, holders, maxOptimizerBytes)
  const checkpoint = await readCheckpoint((await policies.obtain(policy)).dir)
  await writeUpdate(dir, { checkpoint, optimizer: decodeOptimizer(checkpoint.config, state), record })
  await readUpdate(dir)
  network.log.info('restored update', { policy: policy.manifestHash })
}
