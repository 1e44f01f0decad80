import { dequantise } from './dequantise.ts'
import { halfBits } from './half.ts'
import { isFloatType, type WeightType } from './weight-types.ts'

/**
 * Little-endian numbers or blocks → float32. Floats keep their value, NaN and infinities included; a quantised number
 * is what ggml makes of it, rounded once.
 * @param into as long as there are numbers
 */
export function widen(bytes: Uint8Array, type: WeightType, into: Float32Array): void {
  if (!isFloatType(type)) {
    dequantise(bytes, type, into)
    return
  }
  if (type === 'F32') {
    new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(bytes)
    return
  }
  const bits = new Uint32Array(into.buffer, into.byteOffset, into.length)
  if (type === 'BF16') {
    for (let i = 0; i < bits.length; i++) bits[i] = ((bytes[2 * i] << 16) | (bytes[2 * i + 1] << 24)) >>> 0
    return
  }
  const floatBits = halfBits()
  for (let i = 0; i < bits.length; i++) bits[i] = floatBits[bytes[2 * i] | (bytes[2 * i + 1] << 8)]
}
