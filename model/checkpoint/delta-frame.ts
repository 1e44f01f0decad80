import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { SubnetError } from '../../shared/errors.ts'

/** What level 15 gains over 3 is a few per cent; on hundreds of megabytes it takes minutes. */
const [LEVEL, LARGE_LEVEL] = [15, 3]
const LARGE_BYTES = 2 ** 26
/** 8 MiB of history: what RFC 8878 asks of every decoder, and all that a stranger's frame may make us allocate. */
const WINDOW_LOG = 23
const OUTPUT_BYTES = 2 ** 20

export function compressDelta(content: Uint8Array): Uint8Array {
  const params = {
    [constants.ZSTD_c_compressionLevel]: content.length > LARGE_BYTES ? LARGE_LEVEL : LEVEL,
    [constants.ZSTD_c_windowLog]: WINDOW_LOG,
    [constants.ZSTD_c_checksumFlag]: 1,
  }
  const { buffer, byteOffset, length } = zstdCompressSync(content, { params, chunkSize: OUTPUT_BYTES })
  return new Uint8Array(buffer, byteOffset, length)
}

/** @throws SubnetError DELTA_INVALID */
export function decompressDelta(delta: Uint8Array, maxBytes: number): Uint8Array {
  try {
    const params = { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG }
    return zstdDecompressSync(delta, { maxOutputLength: maxBytes, params, chunkSize: OUTPUT_BYTES })
  } catch (cause) {
    throw deltaInvalid(`it does not decompress to at most ${maxBytes} bytes`, cause)
  }
}

export function deltaInvalid(reason: string, cause?: unknown): SubnetError {
  return new SubnetError(
    'DELTA_INVALID',
    `The delta cannot be used: ${reason}. Nothing was loaded; fetch it from another peer, or the whole checkpoint.`,
    { details: { reason }, cause },
  )
}
