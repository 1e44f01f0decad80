/** What a weight may be stored as; all but the first become float32 without rounding. */
export type WeightType = 'F32' | 'F16' | 'BF16'

export const BYTES_OF: Readonly<Record<WeightType, number>> = { F32: 4, F16: 2, BF16: 2 }

/** Bits of the float32 that equals a half, by the half's bits: 256 KiB that save a branch per element. */
let floatBitsOfHalf: Uint32Array | undefined

/**
 * Little-endian numbers → float32, each exactly the same value. NaN and infinities stay what they are.
 * @param into as long as there are numbers
 */
export function widen(bytes: Uint8Array, type: WeightType, into: Float32Array): void {
  if (type === 'F32') {
    new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(bytes)
    return
  }
  const bits = new Uint32Array(into.buffer, into.byteOffset, into.length)
  if (type === 'BF16') {
    for (let i = 0; i < bits.length; i++) bits[i] = ((bytes[2 * i] << 16) | (bytes[2 * i + 1] << 24)) >>> 0
    return
  }
  floatBitsOfHalf ??= Uint32Array.from({ length: 1 << 16 }, (_, half) => widenHalf(half))
  for (let i = 0; i < bits.length; i++) bits[i] = floatBitsOfHalf[bytes[2 * i] | (bytes[2 * i + 1] << 8)]
}

/** IEEE 754 binary16 → binary32, as bits. */
function widenHalf(half: number): number {
  const sign = (half & 0x8000) << 16
  const exponent = (half >>> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0x1f) return (sign | 0x7f800000 | (fraction << 13)) >>> 0
  if (exponent !== 0) return (sign | ((exponent + 112) << 23) | (fraction << 13)) >>> 0
  if (fraction === 0) return sign >>> 0
  // A subnormal half is a normal float: shift the fraction until its leading one is implied.
  const shift = Math.clz32(fraction) - 21
  return (sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13)) >>> 0
}
