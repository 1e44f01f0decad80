import type { FoundCheckpoint } from '../model/find-checkpoint.ts'
import { SubnetError } from '../shared/errors.ts'
import { maxBundleBytes } from '../shared/protocol/bundle-limits.ts'
import { locateBundle } from '../shared/store/locate.ts'
import type { BundleSource } from '../shared/store/store.ts'
import type { OpenedWindow } from '../shared/window/read-opened-window.ts'

/**
 * Fetches what a commitment's URI leads to: a stranger's address.
 * @param policy the checkpoint that the bundle had to come from: its length limit bounds the download
 * @param others who may have the bytes too, asked when the miner does not give them
 * @throws SubnetError STORE_… where nobody gives the bytes; the signal's reason when it aborts
 */
export async function fetchBundle(
  uri: string,
  { rules }: Pick<OpenedWindow, 'rules'>,
  policy: FoundCheckpoint,
  options: {
    readonly allowPrivateHosts: boolean
    readonly signal: AbortSignal
    readonly others?: readonly BundleSource[]
  },
): Promise<{ hash: string; bytes: Uint8Array }> {
  const { source, hash } = locateBundle(uri, options)
  const { maxTokens } = policy.manifest.sampling
  const limits = { maxBytes: maxBundleBytes({ rules, maxTokens }), signal: options.signal }
  let failure: unknown
  for (const holder of [source, ...(options.others ?? [])]) {
    try {
      return { hash, bytes: await holder.fetch(hash, limits) }
    } catch (error) {
      options.signal.throwIfAborted()
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
