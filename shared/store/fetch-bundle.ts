import type { Hex } from 'viem'
import { SubnetError } from '../errors.ts'
import { maxBundleBytes } from '../protocol/bundle-limits.ts'
import { fitsRoot } from '../protocol/commitment.ts'
import type { Rules } from '../protocol/rules.ts'
import { type LocateOptions, locateBundle } from './locate.ts'
import type { BundleSource } from './store.ts'

export interface FetchCommittedOptions extends LocateOptions {
  readonly signal: AbortSignal
  /** Who may have the bytes too, asked when the miner does not give them. */
  readonly others?: readonly BundleSource[]
}

/**
 * Fetches what a miner committed, from a stranger's address. Bytes that do not fit the root are nobody's bundle: who
 * sent them is unknown, so they are no fault of the miner's.
 * @param bounds what the download may measure at most
 * @throws SubnetError STORE_… where nobody gives the bytes; the signal's reason when it aborts
 */
export async function fetchBundle(
  { uri, root }: { readonly uri: string; readonly root: Hex },
  bounds: { readonly rules: Pick<Rules, 'groupSize' | 'maxGroups'>; readonly maxTokens: number },
  { others = [], signal, ...options }: FetchCommittedOptions,
): Promise<Uint8Array> {
  const { hash, source } = locateBundle(uri, options)
  const fits = (bytes: Uint8Array) => fitsRoot(bytes, root, bounds)
  let failure: unknown
  for (const holder of [source, ...others]) {
    try {
      return await holder.fetch(hash, { maxBytes: maxBundleBytes(bounds), signal, fits })
    } catch (error) {
      signal.throwIfAborted()
      if (!isStoreError(error)) throw error
      failure ??= error
    }
  }
  throw failure
}

/** Facts about somebody's server, not failures of ours. */
export function isStoreError(error: unknown): error is SubnetError {
  return error instanceof SubnetError && error.code.startsWith('STORE_')
}
