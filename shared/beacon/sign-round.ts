import { bls12_381 } from '@noble/curves/bls12-381.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { SubnetError } from '../errors.ts'
import { type BeaconChain, chainHash, quicknetScheme } from './chain-info.ts'

const scheme = bls12_381.shortSignatures
const domain = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_'

/** One answer of drand's `/public/{round}`; hex without prefix. */
export interface SignedRound {
  readonly round: number
  readonly randomness: string
  readonly signature: string
}

/** A secret key for a chain of one's own, the same for the same seed. @returns 32 bytes, big-endian scalar */
export function deriveBeaconKey(seed: Uint8Array): Uint8Array {
  const half = (tag: number) => sha256(Uint8Array.of(tag, ...seed))
  // 48 bytes reduced modulo the 255-bit group order leave no bias worth the name.
  const wide = Uint8Array.from([...half(0), ...half(1)]).slice(0, 48)
  return scheme.keygen(wide).secretKey
}

/**
 * A quicknet-scheme chain with one signer. Real signatures, but whoever holds the key knows every round
 * beforehand: for development and tests only.
 * @throws SubnetError BEACON_KEY_INVALID
 */
export function singleSignerChain(options: {
  secretKey: Uint8Array
  genesisTime: number
  period: number
}): BeaconChain {
  const publicKey = publicKeyOf(options.secretKey)
  const chain = {
    publicKey: bytesToHex(publicKey),
    genesisTime: options.genesisTime,
    period: options.period,
    schemeID: quicknetScheme,
    groupHash: bytesToHex(sha256(publicKey)),
    beaconID: 'devnet',
  } as const
  return { ...chain, hash: chainHash(chain) }
}

function publicKeyOf(secretKey: Uint8Array): Uint8Array {
  try {
    return scheme.getPublicKey(secretKey).toBytes(true)
  } catch {
    // Without the cause, whose message may quote the key.
    throw new SubnetError(
      'BEACON_KEY_INVALID',
      'the beacon key is not a BLS12-381 secret key: 32 bytes, not zero; use deriveBeaconKey',
    )
  }
}

/** Signs sha256 of the round as uint64, big-endian, hashed to G1. */
export function signRound(secretKey: Uint8Array, round: bigint): SignedRound {
  const counter = new DataView(new ArrayBuffer(8))
  counter.setBigUint64(0, round)
  const message = scheme.hash(sha256(new Uint8Array(counter.buffer)), domain)
  const signature = scheme.sign(message, secretKey).toBytes(true)
  return { round: Number(round), randomness: bytesToHex(sha256(signature)), signature: bytesToHex(signature) }
}
