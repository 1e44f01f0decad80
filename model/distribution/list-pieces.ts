import type { DirectoryStore } from '../../shared/store/directory-store.ts'
import { isBundleHash } from '../../shared/store/store.ts'
import { maxIndexBytes, parseIndex } from './package-index.ts'

/**
 * Names of everything in a store that belongs to the package of a URI, its index included; none where it is not here.
 * @throws SubnetError PACKAGE_INVALID
 */
export async function listPieces(store: DirectoryStore, uri: string): Promise<string[]> {
  const hash = uri.slice(uri.lastIndexOf('/') + 1)
  if (!isBundleHash(hash) || (await store.sizeOf(hash)) === 0) return []
  const { files } = parseIndex(await store.fetch(hash, { maxBytes: maxIndexBytes }))
  return [hash, ...files.flatMap(({ chunks }) => chunks)]
}
