import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { type PackingParent, packCheckpoint } from '../model/distribution/pack-checkpoint.ts'
import { readPolicy } from '../shared/chain/read-policy.ts'
import { isBundleHash } from '../shared/store/store.ts'
import { findParent } from './find-parent.ts'
import type { UpdateEntry } from './journal.ts'
import type { Learner } from './learner.ts'
import { ADAPTERS_FILE, UPDATE_FILES } from './write-update.ts'

/** Whoever joins late follows fewer deltas than this back to a whole checkpoint. */
export const deltasInARow = 16

/**
 * Puts an update where everybody can fetch it: the checkpoint as a package, a delta on its parent; the record by the
 * hash that the chain names; the optimiser's state by the hash that the record names.
 */
export async function offerUpdate(
  learner: Learner,
  entry: UpdateEntry,
): Promise<{ readonly uri: string; readonly recordHash: Hex }> {
  const { store, updates, publicUrl, network } = learner
  const dir = join(updates, String(entry.checkpoint))
  const parent = entry.number % deltasInARow === 0 ? undefined : await packingParent(learner, entry, dir)
  const { hash, bytes, fullBytes } = await packCheckpoint(dir, store, parent)
  await store.put(await readFile(join(dir, UPDATE_FILES.optimizer)))
  const record = await store.put(await readFile(join(dir, UPDATE_FILES.record)))
  network.log.info('packed update', {
    policy: entry.checkpoint,
    package: hash,
    bytes,
    ratio: bytes / fullBytes,
  })
  return { uri: `${publicUrl}/${hash}`, recordHash: `0x${record}` }
}

async function packingParent(
  learner: Learner,
  { parent }: UpdateEntry,
  update: string,
): Promise<PackingParent> {
  const { dir } = await findParent(learner, parent)
  const { uri } = await readPolicy(learner.network.chain, parent)
  const last = uri.slice(uri.lastIndexOf('/') + 1)
  // An update that was restored, or that trained everything, has none.
  const adapters = await readFile(join(update, ADAPTERS_FILE)).catch(() => undefined)
  return { dir, package: isBundleHash(last) ? last : null, ...(adapters && { adapters }) }
}
