/** Little-endian byte strings of number arrays, on any host. */

export function packInt16(values: Int16Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * values.length))
  for (let i = 0; i < values.length; i++) view.setInt16(2 * i, values[i], true)
  return new Uint8Array(view.buffer)
}

export function unpackInt16(bytes: Uint8Array): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Int16Array.from({ length: bytes.length / 2 }, (_, i) => view.getInt16(2 * i, true))
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
