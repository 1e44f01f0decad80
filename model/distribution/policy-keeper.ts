import type { PublishedPolicy } from '../../shared/chain/read-policy.ts'
import { SubnetError } from '../../shared/errors.ts'
import { openUri, type Peer } from '../../shared/relay/peer.ts'
import { type FoundCheckpoint, findCheckpoint } from '../find-checkpoint.ts'
import { fetchPackage, type PackageRequest } from './fetch-package.ts'

export interface PolicyKeeper {
  /** Where fetched checkpoints are put. */
  readonly shelf: string
  /**
   * The checkpoint that the chain names: found here, or fetched from where its publisher says and from the peers.
   * A fetch gives up after a while, so that duties with a deadline get their turn; the next call goes on with it.
   * @throws SubnetError CHECKPOINT_MISSING, PEERS_EXHAUSTED, STORE_WRITE_FAILED, CHECKPOINT_WRITE_FAILED, all of them
   *   retryable
   */
  obtain(policy: Pick<PublishedPolicy, 'manifestHash' | 'uri'>): Promise<FoundCheckpoint>
}

export interface PolicyKeeperOptions extends PackageRequest {
  readonly allowPrivateHosts: boolean
}

/** The longest that a role lets its other duties wait. */
const patienceMs = 60_000

export function keepPolicies(options: PolicyKeeperOptions): PolicyKeeper {
  const roots = [...options.roots, options.shelf]
  return {
    shelf: options.shelf,
    async obtain({ manifestHash, uri }) {
      let missing: unknown
      try {
        return await findCheckpoint(roots, manifestHash)
      } catch (error) {
        missing = error
      }
      try {
        const { hash, peer } = openUri(uri, options)
        await fetchWithPatience(hash, manifestHash, peer, options)
      } catch (cause) {
        options.signal?.throwIfAborted()
        throw asMissing(missing, cause)
      }
      return findCheckpoint(roots, manifestHash)
    },
  }
}

async function fetchWithPatience(
  hash: string,
  manifestHash: PublishedPolicy['manifestHash'],
  publisher: Peer,
  options: PolicyKeeperOptions,
): Promise<void> {
  const patience = AbortSignal.timeout(patienceMs)
  const signal = options.signal ? AbortSignal.any([options.signal, patience]) : patience
  let [bytes, totalBytes] = [0, 0]
  const onProgress: PackageRequest['onProgress'] = (progress) => {
    ;({ bytes, totalBytes } = progress)
    options.onProgress?.(progress)
  }
  options.log.info('started fetching policy', { manifestHash, package: hash })
  try {
    await fetchPackage(hash, manifestHash, {
      ...options,
      peers: [publisher, ...options.peers],
      signal,
      onProgress,
    })
  } catch (cause) {
    if (!patience.aborted) throw cause
    throw new SubnetError(
      'CHECKPOINT_MISSING',
      `the policy ${manifestHash} is still being fetched: ${bytes} of ${totalBytes} bytes after another ${patienceMs} ms`,
      { retryable: true, details: { manifestHash, bytes, totalBytes }, cause },
    )
  }
}

/** A publisher whose package is of no use must not end a role that can wait for a better one. */
function asMissing(missing: unknown, cause: unknown): unknown {
  if (!(missing instanceof SubnetError) || missing.code !== 'CHECKPOINT_MISSING') return missing
  if (!(cause instanceof SubnetError) || cause.retryable) return cause
  return new SubnetError(missing.code, `${missing.message} It cannot be fetched: ${cause.message}`, {
    retryable: true,
    details: { ...missing.details, fetching: cause.code },
    cause,
  })
}
