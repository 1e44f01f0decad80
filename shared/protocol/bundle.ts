import { zstdCompressSync } from 'node:zlib'
import { encode, rfc8949EncodeOptions } from 'cborg'
import { concat, type Hex, hexToBytes, keccak256, sha256 } from 'viem'
import { type BundleLimits, maxBundleBytes, maxGroupBytes, maxHeaderBytes } from './bundle-limits.ts'
import { packFloat32, packInt8 } from './pack.ts'
import { parseGroup, parseHeader } from './parse-bundle.ts'
import { malformed, Refusal } from './refusal.ts'
import type { Bundle, BundleHeader, Group, Rollout } from './rollout.ts'
import type { Rejection } from './verdict.ts'
import { decompressFrame, firstFrame, splitFrames } from './zstd-frame.ts'

/**
 * A bundle is a CBOR sequence (RFC 8742), one zstd frame an item: the header, then group after group. The header
 * holds the hash of every group, in order, so that the committed root is rebuilt from it alone and a group is read
 * only where somebody looks: what a validator pays for reading grows with its audits, not with the window.
 */
export function encodeBundle(bundle: Bundle): Uint8Array {
  const groups = bundle.groups.map(encodeGroup)
  return encodeItems(headerOf(bundle, groups), groups)
}

/** @param groups canonical bytes of each, which the header's hashes name */
export function encodeItems(header: BundleHeader, groups: readonly Uint8Array[]): Uint8Array {
  return concat([encodeHeader(header), ...groups].map((item) => new Uint8Array(zstdCompressSync(item))))
}

/** Deterministic CBOR (RFC 8949 §4.2.1) of one group: what a Merkle leaf commits to. */
export function encodeGroup({ index, promptHash, rollouts }: Group): Uint8Array {
  const group = { index, prompt: hexToBytes(promptHash), rollouts: rollouts.map(rolloutToCbor) }
  return encode(group, rfc8949EncodeOptions)
}

/** @param encoded its groups' canonical bytes, where they are at hand */
export function headerOf({ groups, ...identity }: Bundle, encoded = groups.map(encodeGroup)): BundleHeader {
  return { ...identity, groupHashes: encoded.map((bytes) => keccak256(bytes)) }
}

/** Deterministic CBOR of what a bundle begins with. */
export function encodeHeader({ groupHashes, subnet, policy, ...numbers }: BundleHeader): Uint8Array {
  const hashes = hexToBytes(concat(groupHashes as Hex[]))
  return encode(
    { ...numbers, subnet: hexToBytes(subnet), policy: hexToBytes(policy), groups: hashes },
    rfc8949EncodeOptions,
  )
}

function rolloutToCbor(rollout: Rollout) {
  return {
    tokens: rollout.tokens,
    finish: rollout.finish,
    reward: rollout.reward,
    sketches: packInt8(rollout.sketches),
    logprobs: packFloat32(rollout.logProbabilities),
  }
}

/** A bundle of which only the header has been read. */
export interface OpenBundle {
  readonly header: BundleHeader
  /** sha256 of all of its bytes. */
  readonly stored: Hex
  /** Compressed, one a group. */
  readonly frames: readonly Uint8Array[]
}

/**
 * Reads what a stranger wrote. Never throws for what is in it: a miner's fault is data.
 *
 * Limits come before decompression, and anything but the canonical encoding is refused, so that two readers can
 * never see two meanings in one bundle. Of the compressed form only this is asked: whole frames, one for each item,
 * and nothing else. Which of its many encodings a miner chose does not matter; it is fixed by the committed root, and
 * everything derived from a bundle is derived from the canonical bytes.
 */
export function openBundle(bytes: Uint8Array, limits: BundleLimits): Read<OpenBundle> {
  return readOrRefuse(() => {
    const maxBytes = maxBundleBytes(limits)
    if (bytes.length > maxBytes) throw new Refusal('BUNDLE_TOO_LARGE', { bytes: bytes.length, maxBytes })
    const [first, ...frames] = splitFrames(bytes, 1 + limits.rules.maxGroups)
    const header = parseHeader(decompressFrame(first, maxHeaderBytes(limits)), limits)
    const groups = header.groupHashes.length
    if (frames.length !== groups)
      throw malformed('zstd', 'bundle', `${groups} groups, found ${frames.length}`)
    return { header, stored: sha256(bytes), frames }
  })
}

/** The header alone, whatever comes behind it. */
export function readHeader(bytes: Uint8Array, limits: Pick<BundleLimits, 'rules'>): Read<BundleHeader> {
  return readOrRefuse(() => parseHeader(decompressFrame(firstFrame(bytes), maxHeaderBytes(limits)), limits))
}

/** One group of an open bundle: it is the one that the header names there, and says so itself. */
export function readGroup({ header, frames }: OpenBundle, index: number, limits: BundleLimits): Read<Group> {
  return readOrRefuse(
    () => {
      const canonical = decompressFrame(frames[index], maxGroupBytes(limits))
      const actual = keccak256(canonical)
      const expected = header.groupHashes[index]
      if (actual !== expected) {
        throw new Refusal('ROOT_MISMATCH', { expected, actual }, 'commitment')
      }
      const group = parseGroup(canonical, limits)
      if (group.index !== index) {
        throw new Refusal('GROUPS_INCOMPLETE', { expected: index, actual: group.index }, 'completeness')
      }
      return group
    },
    { group: index },
  )
}

/** The whole bundle: for who needs every group, such as a learner. */
export function decodeBundle(bytes: Uint8Array, limits: BundleLimits): Read<Bundle> {
  const opened = openBundle(bytes, limits)
  if (opened.rejection) return opened
  const { groupHashes, ...identity } = opened.value.header
  const groups: Group[] = []
  for (const index of groupHashes.keys()) {
    const read = readGroup(opened.value, index, limits)
    if (read.rejection) return read
    groups.push(read.value)
  }
  return { value: { ...identity, groups } }
}

export type Read<Value> =
  | { readonly value: Value; readonly rejection?: undefined }
  | { readonly value?: undefined; readonly rejection: Rejection }

/** @param where added to the numbers of a refusal */
function readOrRefuse<Value>(read: () => Value, where: Rejection['numbers'] = {}): Read<Value> {
  try {
    return { value: read() }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { rejection } = error
    return { rejection: { ...rejection, numbers: { ...where, ...rejection.numbers } } }
  }
}
