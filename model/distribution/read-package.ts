import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BundleSource, bundleHash } from '../../shared/store/store.ts'
import { applyDelta } from '../checkpoint/delta.ts'
import { parseManifest } from '../checkpoint/manifest.ts'
import { FILES } from '../checkpoint/read-checkpoint.ts'
import { chunkBytes, chunkSize } from './chunks.ts'
import { DELTA, type PackageFile, type PackageIndex, packageInvalid } from './package-index.ts'

/**
 * Joins the chunks of a package that a store holds into the files of its checkpoint, each against its hash.
 * @param parentDir verified checkpoint that a delta applies to
 * @returns bytes by file name, as they lie in a checkpoint's directory
 * @throws SubnetError PACKAGE_INVALID, CHECKPOINT_CORRUPT, DELTA_WRONG_PARENT, DELTA_INVALID; STORE_NOT_FOUND or
 *   STORE_HASH_MISMATCH when the store lost a chunk meanwhile
 */
export async function readPackage(
  hash: string,
  index: PackageIndex,
  store: BundleSource,
  parentDir: string | null,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  for (const file of index.files) files.set(file.name, await joinChunks(hash, file, store))
  const delta = files.get(DELTA)
  if (delta === undefined || parentDir === null) return files

  const manifest = parseManifest(new TextDecoder().decode(files.get(FILES.manifest)), FILES.manifest)
  const parent = await readFile(join(parentDir, FILES.weights))
  files.set(FILES.weights, applyDelta(parent, delta, manifest.weights))
  files.delete(DELTA)
  return files
}

async function joinChunks(hash: string, file: PackageFile, store: BundleSource): Promise<Uint8Array> {
  const bytes = new Uint8Array(file.sizeBytes)
  for (const [i, chunk] of file.chunks.entries()) {
    const piece = await store.fetch(chunk, { maxBytes: chunkBytes })
    if (piece.length !== chunkSize(file.sizeBytes, i)) {
      throw packageInvalid(hash, `chunk ${i} of ${file.name} has ${piece.length} bytes`)
    }
    bytes.set(piece, i * chunkBytes)
  }
  if (bundleHash(bytes) === file.sha256) return bytes
  throw packageInvalid(hash, `${file.name} does not hash to what the index names`)
}
