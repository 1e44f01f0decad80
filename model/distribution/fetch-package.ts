import type { Hex } from 'viem'
import { SubnetError } from '../../shared/errors.ts'
import { fetchPieces, type PieceRequest } from '../../shared/relay/fetch-pieces.ts'
import type { BundleStore } from '../../shared/store/store.ts'
import { findCheckpoint } from '../find-checkpoint.ts'
import { chunkBytes, chunkSize } from './chunks.ts'
import { maxIndexBytes, type PackageIndex, packageInvalid, parseIndex } from './package-index.ts'
import { placeCheckpoint } from './place-checkpoint.ts'
import { readPackage } from './read-package.ts'

/** Of one package; a delta whose parent is fetched as well has two. */
export interface FetchProgress {
  readonly manifestHash: Hex
  readonly bytes: number
  readonly totalBytes: number
}

export interface PackageRequest extends Pick<PieceRequest, 'peers' | 'store' | 'log' | 'signal'> {
  /** Directories where parents may already be. */
  readonly roots: readonly string[]
  /** Where fetched checkpoints are put, each in a directory of its own. */
  readonly shelf: string
  onProgress?(progress: FetchProgress): void
}

export interface FetchedCheckpoint {
  readonly dir: string
  readonly manifestHash: Hex
  /** Size of the package, and what the checkpoint takes on disk. */
  readonly bytes: number
  readonly fullBytes: number
}

/** A chain of deltas longer than this needs a whole checkpoint somewhere. */
const maxParents = 32

/**
 * Fetches a package from peers that nobody trusts, and its parents where it is a delta and they are not at hand, and
 * puts its checkpoint on the shelf once everything about it is verified. Pieces that a killed run stored are checked
 * and not fetched again.
 * @param hash the package's address
 * @param expected manifest hash that it must have
 * @throws SubnetError PEERS_EXHAUSTED, STORE_WRITE_FAILED, CHECKPOINT_WRITE_FAILED (retryable), PACKAGE_INVALID,
 *   CHECKPOINT_CORRUPT, CHECKPOINT_MISSING (a parent that the package does not lead to), DELTA_WRONG_PARENT,
 *   DELTA_INVALID; the signal's reason when it aborts
 */
export async function fetchPackage(
  hash: string,
  expected: Hex | null,
  request: PackageRequest,
  generation = 0,
): Promise<FetchedCheckpoint> {
  const index = await fetchIndex(hash, request)
  if (expected !== null && index.manifestHash !== expected) {
    throw packageInvalid(hash, `it is of ${index.manifestHash}, wanted was ${expected}`)
  }
  const parentDir = index.parent && (await findParent(hash, index.parent, request, generation))
  await fetchChunks(hash, index, request)
  const files = await readPackage(hash, index, request.store, parentDir)
  request.signal?.throwIfAborted()
  const dir = await placeCheckpoint(request.shelf, index.manifestHash, files)
  const fullBytes = [...files.values()].reduce((sum, { length }) => sum + length, 0)
  const { manifestHash, totalBytes: bytes } = index
  request.log.info('fetched checkpoint', { manifestHash, bytes, fullBytes, ratio: bytes / fullBytes })
  return { dir, manifestHash, bytes, fullBytes }
}

async function fetchIndex(hash: string, request: PackageRequest): Promise<PackageIndex> {
  const { store } = request
  const held = await readHeld(store, hash, maxIndexBytes)
  if (!held) await fetchPieces([hash], { ...request, maxBytes: maxIndexBytes })
  return parseIndex(held ?? (await store.fetch(hash, { maxBytes: maxIndexBytes })))
}

async function findParent(
  hash: string,
  parent: NonNullable<PackageIndex['parent']>,
  request: PackageRequest,
  generation: number,
): Promise<string> {
  try {
    return (await findCheckpoint([...request.roots, request.shelf], parent.manifestHash)).dir
  } catch (error) {
    const missing = error instanceof SubnetError && error.code === 'CHECKPOINT_MISSING'
    if (!missing || parent.package === null) throw error
  }
  if (generation === maxParents) throw packageInvalid(hash, `more than ${maxParents} parents lead to it`)
  return (await fetchPackage(parent.package, parent.manifestHash, request, generation + 1)).dir
}

async function fetchChunks(hash: string, index: PackageIndex, request: PackageRequest): Promise<void> {
  const { manifestHash, totalBytes } = index
  const owed = new Map<string, { sizeBytes: number; times: number }>()
  for (const { name, sizeBytes, chunks } of index.files) {
    for (const [i, chunk] of chunks.entries()) {
      const size = chunkSize(sizeBytes, i)
      const known = owed.get(chunk)
      if (known && known.sizeBytes !== size) throw packageInvalid(hash, `a chunk of ${name} has two sizes`)
      owed.set(chunk, { sizeBytes: size, times: (known?.times ?? 0) + 1 })
    }
  }
  let bytes = 0
  const onPiece = (chunk: string, piece: Uint8Array) => {
    const { sizeBytes, times } = owed.get(chunk) as { sizeBytes: number; times: number }
    if (piece.length !== sizeBytes) throw packageInvalid(hash, `chunk ${chunk} has ${piece.length} bytes`)
    bytes += sizeBytes * times
    request.onProgress?.({ manifestHash, bytes, totalBytes })
  }
  const missing: string[] = []
  for (const chunk of owed.keys()) {
    request.signal?.throwIfAborted()
    const held = await readHeld(request.store, chunk, chunkBytes)
    if (held) onPiece(chunk, held)
    else missing.push(chunk)
  }
  await fetchPieces(missing, { ...request, maxBytes: chunkBytes, onPiece })
}

/** What an earlier run stored, unless the disk damaged it. */
async function readHeld(store: BundleStore, hash: string, maxBytes: number): Promise<Uint8Array | null> {
  try {
    return await store.fetch(hash, { maxBytes })
  } catch (error) {
    const damaged = ['STORE_NOT_FOUND', 'STORE_HASH_MISMATCH', 'STORE_TOO_LARGE']
    if (error instanceof SubnetError && damaged.includes(error.code)) return null
    throw error
  }
}
