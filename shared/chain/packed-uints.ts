import { type Hex, hexToBytes } from 'viem'

/** Big-endian unsigned integers of a fixed width, as the contracts pack them into events. */
export function unpackUints(packed: Hex, width: 2 | 4): number[] {
  const bytes = hexToBytes(packed)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length / width }, (_, i) =>
    width === 2 ? view.getUint16(2 * i) : view.getUint32(4 * i),
  )
}
