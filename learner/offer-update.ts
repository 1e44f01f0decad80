import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hex } from 'viem'
import type { UpdateEntry } from './journal.ts'
import type { Learner } from './learner.ts'
import { UPDATE_FILES } from './write-update.ts'

/**
 * Puts an update where everybody can fetch it. The record goes by the hash that the chain names, and the record names
 * the hash of the optimiser's state: a replay finds both beside the checkpoint.
 * @returns where the checkpoint is, and what binds the record
 */
export async function offerUpdate(
  { store, updates, publicUrl }: Learner,
  { checkpoint }: UpdateEntry,
): Promise<{ uri: string; recordHash: Hex }> {
  const dir = join(updates, String(checkpoint))
  await store.put(await readFile(join(dir, UPDATE_FILES.optimizer)))
  const record = await store.put(await readFile(join(dir, UPDATE_FILES.record)))
  return { uri: `${publicUrl}/${record}`, recordHash: `0x${record}` }
}
