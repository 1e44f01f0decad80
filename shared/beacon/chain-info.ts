import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { z } from 'zod'
import { SubnetError } from '../errors.ts'

/** The only scheme this network uses: unchained, signatures on G1, keys on G2, RFC 9380 hashing. */
export const quicknetScheme = 'bls-unchained-g1-rfc9380'

/**
 * Everything that identifies a drand chain, pinned by whoever trusts it. Plain JSON; hex is lower case without
 * prefix, as drand publishes it.
 */
export interface BeaconChain {
  /** Compressed point of G2, 96 bytes of hex. */
  readonly publicKey: string
  /** `chainHash` of the other fields; drand's name for the chain and the path under which relays serve it. */
  readonly hash: string
  /** Unix time of round 1, in seconds. */
  readonly genesisTime: number
  /** Seconds from one round to the next. */
  readonly period: number
  readonly schemeID: typeof quicknetScheme
  /** drand's genesis seed, 32 bytes of hex. */
  readonly groupHash: string
  readonly beaconID: string
}

const hex = (bytes: number) =>
  z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`), `${bytes} bytes of hex`)

const drandInfo = z
  .object({
    public_key: hex(96),
    hash: hex(32),
    genesis_time: z.int().min(0),
    period: z.int().min(1).max(0xffff_ffff),
    schemeID: z.literal(quicknetScheme),
    groupHash: hex(32),
    metadata: z.object({ beaconID: z.string().min(1).max(64) }),
  })
  .transform(
    (info): BeaconChain => ({
      publicKey: info.public_key,
      hash: info.hash,
      genesisTime: info.genesis_time,
      period: info.period,
      schemeID: info.schemeID,
      groupHash: info.groupHash,
      beaconID: info.metadata.beaconID,
    }),
  )

/** A chain in the shape of drand's `/info`, which is also drand-client's `ChainInfo`. */
export function toDrandInfo(chain: BeaconChain) {
  return {
    public_key: chain.publicKey,
    period: chain.period,
    genesis_time: chain.genesisTime,
    hash: chain.hash,
    groupHash: chain.groupHash,
    schemeID: chain.schemeID,
    metadata: { beaconID: chain.beaconID },
  }
}

/**
 * Reads drand's `/info`. Fields that drand may add are ignored.
 * @throws SubnetError BEACON_CHAIN_INVALID where a field is missing, malformed or contradicts the hash
 */
export function parseDrandInfo(info: unknown): BeaconChain {
  const parsed = drandInfo.safeParse(info)
  if (!parsed.success) throw invalidChain(z.prettifyError(parsed.error))
  assertBeaconChain(parsed.data)
  return parsed.data
}

/**
 * drand's own chain hash: sha256 over period (uint32) and genesis time (int64), big-endian, then public key,
 * genesis seed and, unless it is the default chain, the beacon id (drand, `common/chain/info.go`). It does not
 * cover the scheme, which is why that is pinned beside it.
 */
export function chainHash(chain: Omit<BeaconChain, 'hash'>): string {
  const times = new DataView(new ArrayBuffer(12))
  times.setUint32(0, chain.period)
  times.setBigInt64(4, BigInt(chain.genesisTime))
  const hash = sha256
    .create()
    .update(new Uint8Array(times.buffer))
    .update(hexToBytes(chain.publicKey))
    .update(hexToBytes(chain.groupHash))
  if (chain.beaconID !== 'default') hash.update(new TextEncoder().encode(chain.beaconID))
  return bytesToHex(hash.digest())
}

/**
 * Catches a pinned chain with a mistyped key or time, whose rounds would otherwise all seem forged.
 * @throws SubnetError BEACON_CHAIN_INVALID
 */
export function assertBeaconChain(chain: BeaconChain): void {
  const parsed = drandInfo.safeParse(toDrandInfo(chain))
  if (!parsed.success) throw invalidChain(z.prettifyError(parsed.error))
  const hash = chainHash(chain)
  if (hash !== chain.hash)
    throw invalidChain(`its fields hash to ${hash}, not to ${chain.hash}: the key, a time or the id is wrong`)
}

function invalidChain(why: string): SubnetError {
  return new SubnetError(
    'BEACON_CHAIN_INVALID',
    `the beacon chain is not a valid quicknet-scheme chain: ${why}. Copy all of it again from a source you trust.`,
  )
}
