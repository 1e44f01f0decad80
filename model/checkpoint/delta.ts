import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { type Hex, hexToBytes } from 'viem'
import { SubnetError } from '../../shared/errors.ts'
import { applyBody, encodeBody, maxBodyBytes } from './delta-body.ts'
import { sha256 } from './hash.ts'
import { decodeSafetensors } from './safetensors.ts'

/** magic, sha256 of the parent file, width of a word, changed words. */
const MAGIC = new TextEncoder().encode('RPDELTA1')
const HEADER_BYTES = 8 + 32 + 1 + 4
const LEVEL = 15
/** 8 MiB of history: what RFC 8878 asks of every decoder, and all that a stranger's frame may make us allocate. */
const WINDOW_LOG = 23

/**
 * What turns one weight file into another: changed elements only, 2 bytes each where every weight of both is a
 * bfloat16, else 4, under zstd. Lossless.
 * @param parent,child safetensors bytes with the same header: the same names, shapes and order
 * @throws SubnetError DELTA_IMPOSSIBLE
 */
export function encodeDelta(parent: Uint8Array, child: Uint8Array): Uint8Array {
  const [before, after] = [splitFile(parent), splitFile(child)]
  if (!Buffer.from(before.header).equals(after.header) || before.words.length !== after.words.length) {
    throw new SubnetError('DELTA_IMPOSSIBLE', 'The two weight files do not have the same tensors.')
  }
  const width = before.words.every(isHalf) && after.words.every(isHalf) ? 2 : 4
  const { changed, bytes } = encodeBody(before.words, after.words, width)
  const content = new Uint8Array(HEADER_BYTES + bytes.length)
  content.set(MAGIC)
  content.set(hexToBytes(sha256(parent)), 8)
  content[40] = width
  new DataView(content.buffer).setUint32(41, changed, true)
  content.set(bytes, HEADER_BYTES)
  const params = {
    [constants.ZSTD_c_compressionLevel]: LEVEL,
    [constants.ZSTD_c_windowLog]: WINDOW_LOG,
    [constants.ZSTD_c_checksumFlag]: 1,
  }
  return new Uint8Array(zstdCompressSync(content, { params }))
}

/**
 * The child's file, rebuilt and verified. The delta may come from anybody: sizes are bounded by the parent before
 * anything is allocated, and nothing is returned but a file that hashes to what was asked for.
 * @param expected sha256 of the child's file, from its manifest
 * @throws SubnetError DELTA_WRONG_PARENT, DELTA_INVALID
 */
export function applyDelta(parent: Uint8Array, delta: Uint8Array, expected: Hex): Uint8Array {
  const { header, words } = splitFile(parent)
  const content = decompress(delta, HEADER_BYTES + maxBodyBytes(words.length, 4))
  if (content.length < HEADER_BYTES || !MAGIC.every((byte, i) => content[i] === byte)) {
    throw invalid('it does not begin like one')
  }
  const width = content[40]
  if (width !== 2 && width !== 4) throw invalid(`its words are ${width} bytes wide`)
  if (!Buffer.from(hexToBytes(sha256(parent))).equals(content.subarray(8, 40))) {
    throw new SubnetError('DELTA_WRONG_PARENT', 'The delta was made for another parent. Fetch the right one.')
  }
  const view = new DataView(content.buffer, content.byteOffset)
  const body = { changed: view.getUint32(41, true), bytes: content.subarray(HEADER_BYTES) }
  const child = rebuild(header, words, body, width)
  const actual = sha256(child)
  if (actual !== expected) throw invalid(`it gives ${actual}, the manifest names ${expected}`)
  return child
}

function rebuild(
  header: Uint8Array,
  words: Uint32Array,
  body: { changed: number; bytes: Uint8Array },
  width: 2 | 4,
): Uint8Array {
  try {
    const data = applyBody(words, body, width)
    const child = new Uint8Array(header.length + data.byteLength)
    child.set(header)
    child.set(new Uint8Array(data.buffer), header.length)
    decodeSafetensors(child)
    return child
  } catch (cause) {
    throw invalid((cause as Error).message, cause)
  }
}

function decompress(delta: Uint8Array, maxBytes: number): Uint8Array {
  try {
    const params = { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG }
    return zstdDecompressSync(delta, { maxOutputLength: maxBytes, params })
  } catch (cause) {
    throw invalid(`it does not decompress to at most ${maxBytes} bytes`, cause)
  }
}

/**
 * Header and data of a valid file; the data as little-endian words, copied so that they are aligned (a Buffer's own
 * `slice` would not copy).
 */
function splitFile(bytes: Uint8Array): { header: Uint8Array; words: Uint32Array } {
  decodeSafetensors(bytes)
  const length = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  return {
    header: bytes.subarray(0, length),
    words: new Uint32Array(new Uint8Array(bytes.subarray(length)).buffer),
  }
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
