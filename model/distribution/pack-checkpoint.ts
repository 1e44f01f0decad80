import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hex } from 'viem'
import type { BundleStore } from '../../shared/store/store.ts'
import { bundleHash } from '../../shared/store/store.ts'
import { encodeDelta } from '../checkpoint/delta.ts'
import { FILES, readCheckpoint } from '../checkpoint/read-checkpoint.ts'
import { splitChunks } from './chunks.ts'
import { DELTA, encodeIndex, type PackageFile, parseIndex } from './package-index.ts'

/** The checkpoint that a package tells its weights as a change of. */
export interface PackingParent {
  readonly dir: string
  /** Hash of its own package, for who does not have it; null when everybody does. */
  readonly package: string | null
  /** What was added to it, as safetensors, where that is all. */
  readonly adapters?: Uint8Array
}

export interface PackedCheckpoint {
  /** The package's address: the last segment of its URI. */
  readonly hash: string
  readonly manifestHash: Hex
  /** What a peer downloads, without the index. */
  readonly bytes: number
  /** What the checkpoint takes on disk. */
  readonly fullBytes: number
}

/**
 * Puts a checkpoint into a store for others to fetch. Deterministic: whoever packs the same checkpoint against the
 * same parent, with the same adapters if any, gets the same package. The index comes last, so that a package that is there is whole.
 * @throws SubnetError CHECKPOINT_MISSING, CHECKPOINT_CORRUPT, DELTA_IMPOSSIBLE, PACKAGE_INVALID when it is too large,
 *   STORE_WRITE_FAILED
 */
export async function packCheckpoint(
  dir: string,
  store: BundleStore,
  parent?: PackingParent,
): Promise<PackedCheckpoint> {
  const { manifestHash } = await readCheckpoint(dir)
  const parentHash = parent && (await readCheckpoint(parent.dir)).manifestHash
  const contents = new Map<PackageFile['name'], Uint8Array>()
  for (const name of Object.values(FILES)) contents.set(name, await readFile(join(dir, name)))
  const fullBytes = sizeOf(contents)
  if (parent) {
    const weights = contents.get(FILES.weights) as Uint8Array
    contents.set(
      DELTA,
      encodeDelta(await readFile(join(parent.dir, FILES.weights)), weights, parent.adapters),
    )
    contents.delete(FILES.weights)
  }

  const index = encodeIndex({
    version: 1,
    manifestHash,
    parent: parent && parentHash ? { manifestHash: parentHash, package: parent.package } : null,
    totalBytes: sizeOf(contents),
    files: [...contents].map(([name, bytes]) => ({
      name,
      sizeBytes: bytes.length,
      sha256: bundleHash(bytes),
      chunks: splitChunks(bytes).map(bundleHash),
    })),
  })
  parseIndex(index)
  for (const bytes of contents.values()) {
    for (const chunk of splitChunks(bytes)) await store.put(chunk)
  }
  return { hash: await store.put(index), manifestHash, bytes: sizeOf(contents), fullBytes }
}

function sizeOf(contents: ReadonlyMap<string, Uint8Array>): number {
  return [...contents.values()].reduce((sum, { length }) => sum + length, 0)
}
