import { type Hex, hexToBytes } from 'viem'
import { SubnetError } from '../../shared/errors.ts'
import { applyBody, maxBodyBytes, measureBody, writeBody } from './delta-body.ts'
import { compressDelta, decompressDelta, deltaInvalid } from './delta-frame.ts'
import { sha256 } from './hash.ts'
import { addAdapters } from './low-rank-delta.ts'
import { headerBytes } from './safetensors.ts'

/**
 * A delta begins with one of these and the sha256 of the parent file. Of changed words: their width, how many, what
 * delta-body.ts writes. Of a low rank: the adapters as safetensors.
 */
const [WORDS, ADAPTERS] = ['RPDELTA1', 'RPDELTA2']
const PARENT_END = 8 + 32
const WORDS_HEADER_BYTES = PARENT_END + 1 + 4

/**
 * What turns one weight file into another, losslessly, under zstd: where they are given and suffice, the adapters
 * that were added to the parent; else changed elements only, 2 bytes each where every weight of both is a bfloat16,
 * else 4. Holds both files and what changed, each once.
 * @param parent,child safetensors bytes with the same header: the same names, shapes and order
 * @param adapters of an update of a rank, as safetensors
 * @throws SubnetError DELTA_IMPOSSIBLE, SAFETENSORS_INVALID
 */
export function encodeDelta(parent: Uint8Array, child: Uint8Array, adapters?: Uint8Array): Uint8Array {
  const [before, after] = [splitFile(parent), splitFile(child)]
  if (!Buffer.from(before.header).equals(after.header) || parent.length !== child.length) {
    throw new SubnetError('DELTA_IMPOSSIBLE', 'The two weight files do not have the same tensors.')
  }
  const parentHash = hexToBytes(sha256(parent))
  if (adapters && isSumOf(parent, adapters, child)) {
    return compressDelta(Buffer.concat([Buffer.from(ADAPTERS), parentHash, adapters]))
  }
  const width = before.words.every(isHalf) && after.words.every(isHalf) ? 2 : 4
  const size = measureBody(before.words, after.words)
  const content = new Uint8Array(WORDS_HEADER_BYTES + size.gapBytes + width * size.changed)
  content.set(Buffer.from(WORDS))
  content.set(parentHash, 8)
  content[PARENT_END] = width
  new DataView(content.buffer).setUint32(PARENT_END + 1, size.changed, true)
  writeBody(before.words, after.words, width, size, content.subarray(WORDS_HEADER_BYTES))
  return compressDelta(content)
}

/**
 * The child's file, rebuilt and verified. The delta may come from anybody: sizes are bounded by the parent before
 * anything is allocated, and nothing is returned but a file that hashes to what was asked for.
 * @param parent a verified checkpoint's weights
 * @param expected sha256 of the child's file, from its manifest
 * @throws SubnetError DELTA_WRONG_PARENT, DELTA_INVALID
 */
export function applyDelta(parent: Uint8Array, delta: Uint8Array, expected: Hex): Uint8Array {
  const words = (parent.length - headerBytes(parent, parent.length)) / 4
  const content = decompressDelta(delta, WORDS_HEADER_BYTES + maxBodyBytes(words, 4))
  const magic = Buffer.from(content.subarray(0, 8)).toString('latin1')
  if (content.length < WORDS_HEADER_BYTES || (magic !== WORDS && magic !== ADAPTERS)) {
    throw deltaInvalid('it does not begin like one')
  }
  if (!Buffer.from(hexToBytes(sha256(parent))).equals(content.subarray(8, PARENT_END))) {
    throw new SubnetError('DELTA_WRONG_PARENT', 'The delta was made for another parent. Fetch the right one.')
  }
  const child = alignedCopy(parent)
  try {
    if (magic === ADAPTERS) addAdapters(child, content.subarray(PARENT_END))
    else changeWords(child, content)
  } catch (cause) {
    throw deltaInvalid((cause as Error).message, cause)
  }
  const actual = sha256(child)
  if (actual !== expected) throw deltaInvalid(`it gives ${actual}, the manifest names ${expected}`)
  return child
}

function changeWords(file: Uint8Array, content: Uint8Array): void {
  const width = content[PARENT_END]
  if (width !== 2 && width !== 4) throw new RangeError(`its words are ${width} bytes wide`)
  const changed = new DataView(content.buffer, content.byteOffset).getUint32(PARENT_END + 1, true)
  applyBody(splitFile(file).words, changed, content.subarray(WORDS_HEADER_BYTES), width)
}

/** Whether anybody gets the child from these, bit by bit. */
function isSumOf(parent: Uint8Array, adapters: Uint8Array, child: Uint8Array): boolean {
  const sum = alignedCopy(parent)
  addAdapters(sum, adapters)
  return Buffer.from(sum.buffer, sum.byteOffset, sum.length).equals(child)
}

/** Header and data of a file; the data as little-endian words, copied only where they are not aligned. */
function splitFile(bytes: Uint8Array): { header: Uint8Array; words: Uint32Array } {
  const length = headerBytes(bytes, bytes.length)
  const data = bytes.byteOffset + length
  const count = Math.floor((bytes.length - length) / 4)
  const words =
    data % 4 === 0
      ? new Uint32Array(bytes.buffer, data, count)
      : new Uint32Array(new Uint8Array(bytes.subarray(length, length + 4 * count)).buffer)
  return { header: bytes.subarray(0, length), words }
}

/** A copy whose data are aligned, whatever the length of the header. */
function alignedCopy(bytes: Uint8Array): Uint8Array {
  const shift = (4 - (headerBytes(bytes, bytes.length) % 4)) % 4
  const copy = new Uint8Array(new ArrayBuffer(shift + bytes.length), shift)
  copy.set(bytes)
  return copy
}

function isHalf(bits: number): boolean {
  return (bits & 0xffff) === 0
}
