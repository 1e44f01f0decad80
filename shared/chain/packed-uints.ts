import { bytesToHex, type Hex, hexToBytes } from 'viem'

/** Big-endian unsigned integers of a fixed width in bytes, as the contracts pack them into events. */
export function unpackUints(packed: Hex, width: 2 | 4 | 6): number[] {
  const bytes = hexToBytes(packed)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const read = {
    2: (at: number) => view.getUint16(at),
    4: (at: number) => view.getUint32(at),
    6: (at: number) => view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2),
  }[width]
  return Array.from({ length: bytes.length / width }, (_, i) => read(width * i))
}

export function packUints(values: readonly number[], width: 2 | 4): Hex {
  const bytes = new Uint8Array(width * values.length)
  const view = new DataView(bytes.buffer)
  for (const [i, value] of values.entries()) {
    if (width === 2) view.setUint16(2 * i, value)
    else view.setUint32(4 * i, value)
  }
  return bytesToHex(bytes)
}
