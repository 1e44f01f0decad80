import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { type Hex, hexToBytes } from 'viem'
import { SubnetError } from '../../shared/errors.ts'
import { applyBody, maxBodyBytes, measureBody, writeBody } from './delta-body.ts'
import { sha256 } from './hash.ts'
import { headerBytes } from './safetensors.ts'

/** magic, sha256 of the parent file, width of a word, changed words. */
const MAGIC = new TextEncoder().encode('RPDELTA1')
const HEADER_BYTES = 8 + 32 + 1 + 4
/** What level 15 gains over 3 is a few per cent; on hundreds of megabytes it takes minutes. */
const [LEVEL, LARGE_LEVEL] = [15, 3]
const LARGE_BYTES = 2 ** 26
/** 8 MiB of history: what RFC 8878 asks of every decoder, and all that a stranger's frame may make us allocate. */
const WINDOW_LOG = 23
const OUTPUT_BYTES = 2 ** 20

/**
 * What turns one weight file into another: changed elements only, 2 bytes each where every weight of both is a
 * bfloat16, else 4, under zstd. Lossless. Holds both files and what changed, each once.
 * @param parent,child safetensors bytes with the same header: the same names, shapes and order
 * @throws SubnetError DELTA_IMPOSSIBLE, SAFETENSORS_INVALID
 */
export function encodeDelta(parent: Uint8Array, child: Uint8Array): Uint8Array {
  const [before, after] = [splitFile(parent), splitFile(child)]
  if (!Buffer.from(before.header).equals(after.header) || parent.length !== child.length) {
    throw new SubnetError('DELTA_IMPOSSIBLE', 'The two weight files do not have the same tensors.')
  }
  const width = before.words.every(isHalf) && after.words.every(isHalf) ? 2 : 4
  const size = measureBody(before.words, after.words)
  const content = new Uint8Array(HEADER_BYTES + size.gapBytes + width * size.changed)
  content.set(MAGIC)
  content.set(hexToBytes(sha256(parent)), 8)
  content[40] = width
  new DataView(content.buffer).setUint32(41, size.changed, true)
  writeBody(before.words, after.words, width, size, content.subarray(HEADER_BYTES))
  const params = {
    [constants.ZSTD_c_compressionLevel]: content.length > LARGE_BYTES ? LARGE_LEVEL : LEVEL,
    [constants.ZSTD_c_windowLog]: WINDOW_LOG,
    [constants.ZSTD_c_checksumFlag]: 1,
  }
  const { buffer, byteOffset, length } = zstdCompressSync(content, { params, chunkSize: OUTPUT_BYTES })
  return new Uint8Array(buffer, byteOffset, length)
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
  const content = decompress(delta, HEADER_BYTES + maxBodyBytes(words, 4))
  if (content.length < HEADER_BYTES || !MAGIC.every((byte, i) => content[i] === byte)) {
    throw invalid('it does not begin like one')
  }
  const width = content[40]
  if (width !== 2 && width !== 4) throw invalid(`its words are ${width} bytes wide`)
  if (!Buffer.from(hexToBytes(sha256(parent))).equals(content.subarray(8, 40))) {
    throw new SubnetError('DELTA_WRONG_PARENT', 'The delta was made for another parent. Fetch the right one.')
  }
  const changed = new DataView(content.buffer, content.byteOffset).getUint32(41, true)
  const child = alignedCopy(parent)
  try {
    applyBody(splitFile(child).words, changed, content.subarray(HEADER_BYTES), width)
  } catch (cause) {
    throw invalid((cause as Error).message, cause)
  }
  const actual = sha256(child)
  if (actual !== expected) throw invalid(`it gives ${actual}, the manifest names ${expected}`)
  return child
}

function decompress(delta: Uint8Array, maxBytes: number): Uint8Array {
  try {
    const params = { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG }
    return zstdDecompressSync(delta, { maxOutputLength: maxBytes, params, chunkSize: OUTPUT_BYTES })
  } catch (cause) {
    throw invalid(`it does not decompress to at most ${maxBytes} bytes`, cause)
  }
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

function invalid(reason: string, cause?: unknown): SubnetError {
  return new SubnetError(
    'DELTA_INVALID',
    `The delta cannot be used: ${reason}. Nothing was loaded; fetch it from another peer, or the whole checkpoint.`,
    { details: { reason }, cause },
  )
}
