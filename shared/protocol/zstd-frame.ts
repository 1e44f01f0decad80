import { constants, zstdDecompressSync } from 'node:zlib'
import { malformed, Refusal } from './refusal.ts'

const magic = 0xfd2fb528
const reservedBlock = 3
const runLengthBlock = 1

/** 8 MiB of history: what RFC 8878 asks of every decoder, and all that a stranger's frame may make us allocate. */
const windowLog = 23

/**
 * The zstd frames that `bytes` are made of, whole and with nothing between, before or behind them.
 * @param most frames
 * @throws Refusal
 */
export function splitFrames(bytes: Uint8Array, most: number): Uint8Array[] {
  const frames: Uint8Array[] = []
  let rest = bytes
  do {
    const end = frameEnd(rest)
    if (end === null || frames.length === most)
      throw malformed('zstd', 'bundle', `${most} whole frames at most`)
    frames.push(rest.subarray(0, end))
    rest = rest.subarray(end)
  } while (rest.length > 0)
  return frames
}

/** @throws Refusal where `bytes` do not begin with a whole frame */
export function firstFrame(bytes: Uint8Array): Uint8Array {
  const end = frameEnd(bytes)
  if (end === null) throw malformed('zstd', 'bundle', 'a whole frame')
  return bytes.subarray(0, end)
}

/**
 * @param frame one whole frame
 * @param maxBytes of its content
 * @throws Refusal
 */
export function decompressFrame(frame: Uint8Array, maxBytes: number): Uint8Array {
  try {
    const params = { [constants.ZSTD_d_windowLogMax]: windowLog }
    return zstdDecompressSync(frame, { maxOutputLength: maxBytes, params })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new Refusal('BUNDLE_TOO_LARGE', { maxBytes })
    throw malformed('zstd', 'frame', message)
  }
}

/**
 * Where the zstd frame at the start of `bytes` ends, or null when it is not whole (RFC 8878 §3.1.1). Reads headers
 * only. Decoders are lenient here: they go on into a second frame, skip what is not one, or return what they have
 * of a frame that was cut; each would let one content have byte strings without end.
 */
function frameEnd(bytes: Uint8Array): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 5 || view.getUint32(0, true) !== magic) return null
  let at = 5 + headerBytes(bytes[4])
  for (let last = false; !last; ) {
    if (at + 3 > bytes.length) return null
    const header = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16)
    const type = (header >>> 1) & 3
    if (type === reservedBlock) return null
    at += 3 + (type === runLengthBlock ? 1 : header >>> 3)
    last = (header & 1) === 1
  }
  const checksumBytes = bytes[4] & 4
  at += checksumBytes
  return at <= bytes.length ? at : null
}

/** Bytes between the frame header descriptor and the first block. */
function headerBytes(descriptor: number): number {
  const singleSegment = (descriptor >>> 5) & 1
  const windowBytes = singleSegment ? 0 : 1
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]
  const contentSizeBytes = [singleSegment, 2, 4, 8][descriptor >>> 6]
  return windowBytes + dictionaryBytes + contentSizeBytes
}
