/** Little-endian byte strings of number arrays, on any host. */

/** Two's complement: a negative number is its byte modulo 2^8. */
export function packInt8(values: Int8Array): Uint8Array {
  return new Uint8Array(values)
}

export function unpackInt8(bytes: Uint8Array): Int8Array {
  return new Int8Array(bytes)
}

export function packFloat32(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length))
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i], true)
  return new Uint8Array(view.buffer)
}

export function unpackFloat32(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true))
}
