import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { decode, encode, rfc8949EncodeOptions } from 'cborg'
import { hexToBytes } from 'viem'
import { packFloat32, packInt16 } from './pack.ts'
import { parseBundle, Refusal } from './parse-bundle.ts'
import type { Bundle, Group, Rollout } from './rollout.ts'
import type { Rules } from './rules.ts'
import { sketchBytesPerToken } from './sketch.ts'
import type { Rejection } from './verdict.ts'

/** What an honest bundle can at most measure. Checked before anything is decompressed or allocated. */
export interface BundleLimits {
  readonly rules: Pick<Rules, 'groupSize' | 'maxGroups'>
  /** Completion tokens per rollout, from the policy manifest. */
  readonly maxTokens: number
  readonly vocabulary: number
}

/** Largest canonical (uncompressed) bundle in bytes: 5 + 4 + 4 bytes a token, 128 a rollout, 128 a group. */
export function maxBundleBytes({ rules, maxTokens }: Omit<BundleLimits, 'vocabulary'>): number {
  const perRollout = maxTokens * (5 + sketchBytesPerToken + 4) + 128
  return 512 + rules.maxGroups * (128 + rules.groupSize * perRollout)
}

/** Deterministic CBOR (RFC 8949 §4.2.1) of one group: what a Merkle leaf commits to. */
export function encodeGroup(group: Group): Uint8Array {
  return encode(groupToCbor(group), rfc8949EncodeOptions)
}

/** The canonical object as it is stored and served: deterministic CBOR in one zstd frame. */
export function encodeBundle(bundle: Bundle): Uint8Array {
  return new Uint8Array(
    zstdCompressSync(canonicalBytes(bundle), { params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
  )
}

function canonicalBytes({ groups, subnet, policy, ...header }: Bundle): Uint8Array {
  return encode(
    { ...header, subnet: hexToBytes(subnet), policy: hexToBytes(policy), groups: groups.map(groupToCbor) },
    rfc8949EncodeOptions,
  )
}

function groupToCbor({ index, promptHash, rollouts }: Group) {
  return { index, prompt: hexToBytes(promptHash), rollouts: rollouts.map(rolloutToCbor) }
}

function rolloutToCbor(rollout: Rollout) {
  return {
    tokens: rollout.tokens,
    finish: rollout.finish,
    reward: rollout.reward,
    sketches: packInt16(rollout.sketches),
    logprobs: packFloat32(rollout.logProbabilities),
  }
}

/**
 * Reads bytes that a stranger wrote. Never throws for what is in them: a miner's fault is data.
 * Limits come before decompression; anything but the canonical encoding is refused, so that two readers can
 * never see two meanings in one bundle.
 */
export function decodeBundle(
  bytes: Uint8Array,
  limits: BundleLimits,
): { bundle: Bundle; rejection?: undefined } | { bundle?: undefined; rejection: Rejection } {
  const maxBytes = maxBundleBytes(limits)
  try {
    if (bytes.length > maxBytes) {
      throw new Refusal('BUNDLE_TOO_LARGE', { bytes: bytes.length, maxBytes })
    }
    const canonical = decompress(bytes, maxBytes)
    const bundle = parseBundle(decodeCbor(canonical), limits)
    if (!sameBytes(canonical, canonicalBytes(bundle))) {
      throw new Refusal('BUNDLE_NOT_CANONICAL', { bytes: canonical.length })
    }
    return { bundle }
  } catch (error) {
    if (error instanceof Refusal) return { rejection: error.rejection }
    throw error
  }
}

function decompress(bytes: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return zstdDecompressSync(bytes, {
      maxOutputLength: maxBytes,
      params: { [constants.ZSTD_d_windowLogMax]: 27 },
    })
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    throw tooLarge
      ? new Refusal('BUNDLE_TOO_LARGE', { maxBytes })
      : new Refusal('BUNDLE_MALFORMED', { layer: 'zstd', detail: (error as Error).message })
  }
}

function decodeCbor(canonical: Uint8Array): unknown {
  try {
    return decode(canonical, {
      strict: true,
      allowIndefinite: false,
      allowUndefined: false,
      allowInfinity: false,
      allowNaN: false,
      allowBigInt: false,
      rejectDuplicateMapKeys: true,
    })
  } catch (error) {
    throw new Refusal('BUNDLE_MALFORMED', { layer: 'cbor', detail: (error as Error).message })
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
