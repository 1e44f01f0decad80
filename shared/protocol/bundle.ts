import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { encode, rfc8949EncodeOptions } from 'cborg'
import { hexToBytes } from 'viem'
import { type BundleLimits, maxBundleBytes } from './bundle-limits.ts'
import { packFloat32, packInt16 } from './pack.ts'
import { parseBundle } from './parse-bundle.ts'
import { malformed, Refusal } from './refusal.ts'
import type { Bundle, Group, Rollout } from './rollout.ts'
import type { Rejection } from './verdict.ts'
import { frameEnd } from './zstd-frame.ts'

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
 *
 * Limits come before decompression, and anything but the canonical encoding is refused, so that two readers can
 * never see two meanings in one bundle. Of the compressed form only this is asked: one whole frame and nothing
 * else. Which of its many encodings a miner chose does not matter; it is fixed by its hash in the committed URI,
 * and everything derived from a bundle is derived from the canonical bytes.
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
    return { bundle: parseBundle(decompress(bytes, maxBytes), limits) }
  } catch (error) {
    if (error instanceof Refusal) return { rejection: error.rejection }
    throw error
  }
}

/** 8 MiB of history: what RFC 8878 asks of every decoder, and all that a stranger's frame may make us allocate. */
const windowLog = 23

function decompress(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const end = frameEnd(bytes)
  if (end === null) throw malformed('zstd', 'bundle', 'one whole frame')
  if (end < bytes.length) {
    throw new Refusal('BUNDLE_NOT_CANONICAL', { layer: 'zstd', bytes: bytes.length, end })
  }
  try {
    const params = { [constants.ZSTD_d_windowLogMax]: windowLog }
    return zstdDecompressSync(bytes, { maxOutputLength: maxBytes, params })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new Refusal('BUNDLE_TOO_LARGE', { maxBytes })
    throw malformed('zstd', 'bundle', message)
  }
}
