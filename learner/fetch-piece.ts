import type { Hex } from 'viem'
import { isStoreError } from '../shared/store/fetch-bundle.ts'
import type { BundleSource, BundleStore } from '../shared/store/store.ts'

/** A record names some ten thousand groups at most. */
export const maxRecordBytes = 2 ** 22
export const maxOptimizerBytes = 2 ** 31 - 1

/**
 * A record or an optimiser's state, by its hash, from whoever has it. What was fetched once is kept.
 * @throws SubnetError STORE_… of the last that was asked; the signal's reason when it aborts
 */
export async function fetchPiece(
  { store, signal }: { readonly store: BundleStore; readonly signal: AbortSignal },
  hash: Hex,
  holders: readonly BundleSource[],
  maxBytes: number,
): Promise<Uint8Array> {
  let failure: unknown
  for (const source of [store, ...holders]) {
    try {
      const bytes = await source.fetch(hash.slice(2), { maxBytes, signal })
      if (source !== store) await store.put(bytes)
      return bytes
    } catch (error) {
      signal.throwIfAborted()
      if (!isStoreError(error)) throw error
      failure = error
    }
  }
  throw failure
}
