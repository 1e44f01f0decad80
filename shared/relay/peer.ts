import { httpSource } from '../store/http-source.ts'
import { locateBundle } from '../store/locate.ts'
import type { BundleSource } from '../store/store.ts'

/** Somebody who may hold the pieces of a package. Nobody trusts it: every piece is checked against its hash. */
export interface Peer {
  /** What logs and errors call it. */
  readonly name: string
  readonly source: BundleSource
}

export interface PeerLimits {
  /** Longest that one piece may take. */
  readonly timeoutMs?: number
  /** Longest silence. */
  readonly stallTimeoutMs?: number
}

/** Slower than 30 KiB/s for one MiB, a peer only holds up what another could give. */
const defaults = { timeoutMs: 35_000, stallTimeoutMs: 8000 }

/** A store server that the operator named, wherever it is: `{baseUrl}/{hash}`. */
export function openPeer(baseUrl: string, limits: PeerLimits = {}): Peer {
  return {
    name: baseUrl,
    source: httpSource(baseUrl, { ...defaults, ...limits, allowPrivateHosts: true, retryPausesMs: [] }),
  }
}

/**
 * The server that a URI on chain leads to: its writer may aim it at the reader's own network.
 * @returns the hash that the URI ends with, and its server as a peer
 * @throws SubnetError STORE_URI_INVALID, STORE_URI_FORBIDDEN
 */
export function openUri(
  uri: string,
  { allowPrivateHosts, fileRoot, ...limits }: PeerLimits & { allowPrivateHosts: boolean; fileRoot?: string },
): { hash: string; peer: Peer } {
  const options = { ...defaults, ...limits, allowPrivateHosts, retryPausesMs: [] }
  const { hash, source } = locateBundle(uri, fileRoot === undefined ? options : { ...options, fileRoot })
  return { hash, peer: { name: uri.slice(0, -(hash.length + 1)), source } }
}
